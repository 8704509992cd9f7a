"""A backup's objects, read once: hashed, decompressed and held against the manifest while they stream."""

import collections
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zstandard import ZstdDecompressor, ZstdError

from lambdas.shared.catalogue import Catalogue
from lambdas.shared.restore.errors import DamagedBackupError
from lambdas.shared.restore.intact import intact
from lambdas.vocabulary.backups import DUMP, ROLES, Manifest

# Zstandard packs at most 32 768 to one: what a piece decompresses to stays under 128 MB, bomb or not.
PIECE = 4096
ROLES_LIMIT = 64 << 20


@dataclass(frozen=True)
class Backup:
    """A committed backup and where its objects are.

    Its objects end normally only when they are exactly what the manifest says.  Reading them raises
    DamagedBackupError when they are not and CouldNotVerifyError when they cannot be read.
    """

    catalogue: Catalogue
    manifest: Manifest

    def dump(self) -> Iterator[bytes]:
        """The archive that pg_dump wrote, in pieces."""
        if status := self.manifest.pg_dump_exit_status:
            raise DamagedBackupError(f"pg_dump ended with status {status}, and what it wrote was stored all the same")
        size, expected = 0, self.manifest.raw_bytes
        for piece in self._contents(DUMP, expected):
            size += len(piece)
            yield piece
        if size < expected:
            raise DamagedBackupError(f"{DUMP} decompresses to {size} of {expected} bytes")

    def roles(self) -> str:
        """The SQL that makes the source's roles."""
        return b"".join(self._contents(ROLES, ROLES_LIMIT)).decode(errors="replace")

    def _contents(self, name: str, limit: int) -> Iterator[bytes]:
        stored = self.manifest.objects.get(name)
        if stored is None:
            raise DamagedBackupError(f"the manifest names no {name}")
        return _decompressed(intact(self.catalogue, self.manifest.backup + name, stored), name, limit)


def _decompressed(chunks: Iterator[bytes], name: str, limit: int) -> Iterator[bytes]:
    frame, size = _frame(), 0
    for piece in _pieces(chunks):
        rest = piece
        while rest:
            frame = _frame() if frame.eof else frame
            try:
                raw = frame.decompress(rest)
            except ZstdError as error:
                collections.deque(chunks, maxlen=0)  # a wrong hash tells more, and is known at the end
                raise DamagedBackupError(f"{name} is not zstandard throughout: {error}") from error
            rest, size = frame.unused_data, size + len(raw)
            if size > limit:
                raise DamagedBackupError(f"{name} decompresses to more than {limit} bytes")
            yield raw
    if not frame.eof:
        raise DamagedBackupError(f"{name} ends within a zstandard frame")


def _pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE):
            yield chunk[start : start + PIECE]


def _frame() -> Any:
    return ZstdDecompressor().decompressobj()
