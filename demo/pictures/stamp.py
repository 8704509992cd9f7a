"""A text inside a PNG file: which HTML it was photographed from.

Chunks: https://www.w3.org/TR/png-3/#5Chunk-layout
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Mapping

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"Source-SHA256"


def digest_of(files: Mapping[str, bytes]) -> str:
    """Of what a browser loads, by name."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def stamped(png: bytes, digest: str) -> bytes:
    """The picture with the digest in it, before the chunk that ends it."""
    text = _KEYWORD + b"\0" + digest.encode()
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    end = png.rindex(b"IEND") - 4
    return png[:end] + chunk + png[end:]


def stamp_of(png: bytes) -> str:
    """The digest in the picture; empty without one."""
    texts = (content.partition(b"\0") for kind, content in _chunks(png) if kind == b"tEXt")
    return next((digest.decode() for keyword, _, digest in texts if keyword == _KEYWORD), "")


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not png.startswith(_SIGNATURE):
        raise ValueError("not a PNG file")
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12
