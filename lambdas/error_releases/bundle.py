"""An artifact bundle of sentry-cli: a ZIP archive with a manifest, read within bounds.

manifest.json    {"files": {"<path>": {"type": "source_map" | "minified_source", "headers": {"debug-id": …}}}}
"""

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

MOST_FILES: Final = 10_000
LARGEST_DIRECTORY: Final = 2 * 1024**2
LARGEST_MANIFEST: Final = 8 * 1024**2
LARGEST_FILE: Final = 32 * 1024**2
LARGEST_SUM: Final = 200 * 1024**2
"""Of all files that are read, decompressed."""
_END = struct.Struct("<4s4HIIH")
_END_SIGN, _ZIP64_SIGN, _ZIP64_LENGTH = b"PK\x05\x06", b"PK\x06\x07", 20
_LONGEST_COMMENT = 65_535
_MOST_SHOWN = 100
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""LZMA takes as much memory as the archive asks for."""
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    OverflowError,
    IndexError,
    ValueError,
)
"""What Python's zipfile raises for a damaged archive."""


class BundleError(ValueError):
    """The bundle is none, or more than is taken; the text is one line."""


@dataclass(frozen=True)
class Artifact:
    """A source map with its debug id, and the path of the minified file that has the same one."""

    debug_id: str
    path: str
    minified: str | None


class Bundle:
    """Raises BundleError."""

    def __init__(self, written: bytes) -> None:
        _refuse_large_directory(written)
        try:
            self._archive = zipfile.ZipFile(BytesIO(written))
        except _DAMAGES:
            raise BundleError("the bundle is no ZIP archive") from None
        self._left = LARGEST_SUM
        self._files = _files(self.read("manifest.json", LARGEST_MANIFEST))

    def source_maps(self) -> list[Artifact]:
        """Those with a debug id, each once."""
        minified = dict(self._with_debug_id("minified_source"))
        maps = dict(self._with_debug_id("source_map"))
        return [Artifact(debug_id, path, minified.get(debug_id)) for debug_id, path in maps.items()]

    def has_source_maps(self) -> bool:
        """With a debug id or without."""
        return any(file.get("type") == "source_map" for file in self._files.values())

    def read(self, path: str, most: int = LARGEST_FILE) -> bytes:
        member = self._member(path)
        try:
            with self._archive.open(member) as file:
                content = file.read(min(most, self._left) + 1)
        except _DAMAGES:
            raise BundleError(f"{shown(path)}: it cannot be decompressed") from None
        self._left -= len(content)
        if len(content) > most or self._left < 0:
            raise BundleError(f"{shown(path)}: it is larger than {most} bytes, or all are larger than {LARGEST_SUM}")
        return content

    def _member(self, path: str) -> zipfile.ZipInfo:
        try:
            member = self._archive.getinfo(path)
        except KeyError:
            raise BundleError(f"{shown(path)}: it is not in the bundle") from None
        if member.compress_type not in _COMPRESSIONS:
            raise BundleError(f"{shown(path)}: it is compressed in a way that no sentry-cli does")
        return member

    def _with_debug_id(self, kind: str) -> Iterator[tuple[str, str]]:
        for path, file in self._files.items():
            if file.get("type") == kind and (debug_id := _debug_id(file)):
                yield debug_id, path


def shown(path: str) -> str:
    """A path in an error, which a terminal shows."""
    return "".join(character if character.isprintable() else "?" for character in path[-_MOST_SHOWN:])


def _files(manifest: bytes) -> Mapping[str, Mapping[str, Any]]:
    try:
        files = json.loads(manifest)["files"]
    except (ValueError, RecursionError, KeyError, TypeError):
        files = None
    if not isinstance(files, dict) or not all(isinstance(file, dict) for file in files.values()):
        raise BundleError("the bundle's manifest names no files")
    if len(files) > MOST_FILES:
        raise BundleError(f"the bundle has more than {MOST_FILES} files")
    return files


def _debug_id(file: Mapping[str, Any]) -> str | None:
    headers = file.get("headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        if name.lower() == "debug-id" and isinstance(value, str):
            return value.lower()
    return None


def _refuse_large_directory(written: bytes) -> None:
    """Python's zipfile reads as many entries as the archive says that it has, each of a kilobyte."""
    at = len(written) - _END.size
    if written[at : at + 4] != _END_SIGN or written[-2:] != b"\0\0":
        at = written.rfind(_END_SIGN, max(0, at - _LONGEST_COMMENT))
    if at < 0 or at + _END.size > len(written):
        raise BundleError("the bundle is no ZIP archive")
    size = _END.unpack_from(written, at)[5]
    is_large = written[max(0, at - _ZIP64_LENGTH) : at].startswith(_ZIP64_SIGN)
    if size > LARGEST_DIRECTORY or is_large:
        raise BundleError("the bundle has too many files")
