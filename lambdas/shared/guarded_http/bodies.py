"""Reads a body piece by piece, with a limit on its size."""

import contextlib
import zlib
from collections.abc import Iterator

from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.vocabulary.endpoints import Reason

MEMORY = 128_000_000
"""Bytes that the bodies of all probes under way may hold together."""

_ZLIB_OR_GZIP, _RAW = 32 + zlib.MAX_WBITS, -zlib.MAX_WBITS
_DECODED = {"gzip", "x-gzip", "deflate"}
_NOT_DECODED = {"br", "zstd", "compress", "x-compress", "dcb", "dcz"}
_GZIP = b"\x1f\x8b"


class Memory:
    """What is left for the bodies of all probes that are under way."""

    def __init__(self, size: int = MEMORY) -> None:
        self._left = size

    @contextlib.contextmanager
    def share(self) -> Iterator["Share"]:
        """One probe's part, given back at the end."""
        share = Share(self)
        try:
            yield share
        finally:
            self._left += share.taken

    def take(self, size: int) -> None:
        if size > self._left:
            raise ProbeError(Reason.PROBER_FAILED, "too many large bodies at once (probe fewer endpoints)")
        self._left -= size


class Share:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.taken = 0

    def take(self, size: int) -> None:
        self._memory.take(size)
        self.taken += size


class Body:
    """At most `limit` bytes, after decoding what was not asked to be encoded.

    `encoding` is the value of Content-Encoding; a name that is none, as `UTF-8` or `none`, means none, as in browsers.
    """

    def __init__(self, encoding: str, limit: int, share: Share) -> None:
        self._limit = limit
        self._share = share
        self._pieces: list[bytes] = []
        self._size = 0
        self._encodings = [name for name in _names(encoding) if name in _DECODED | _NOT_DECODED]
        self._beginning = b""
        self._decoder: zlib._Decompress | None = None

    def add(self, data: bytes) -> None:
        """Raises ProbeError when the body gets too large or cannot be decoded."""
        left = self._limit - self._size
        if self._encodings:
            data = self._decoded(data, left + 1)  # a bomb is not unpacked any further than this
        if len(data) > left:
            raise ProbeError(
                Reason.TOO_LARGE, f"its body is larger than {self._limit} bytes (raise max_body_bytes if it may be)"
            )
        self._share.take(len(data))
        self._size += len(data)
        self._pieces.append(data)

    @property
    def content(self) -> bytes:
        return b"".join(self._pieces)

    def _decoded(self, data: bytes, at_most: int) -> bytes:
        if not set(self._encodings) <= _DECODED or len(self._encodings) > 1:
            raise ProbeError(
                Reason.WRONG_BODY, f"its body is encoded as {', '.join(self._encodings)}, which was not asked for"
            )
        if self._decoder is None:
            self._beginning = data = self._beginning + data
            if len(data) < len(_GZIP):
                return b""
            self._decoder = zlib.decompressobj(_format_of(data, self._encodings[0]))
        try:
            return self._decoder.decompress(data, at_most)
        except zlib.error as error:
            raise ProbeError(Reason.WRONG_BODY, "its compressed body is broken") from error


def _names(encoding: str) -> list[str]:
    return [name.strip().lower() for name in encoding.split(",")]


def _format_of(beginning: bytes, encoding: str) -> int:
    """How zlib is to read it: some servers send as `deflate` the bare stream, without zlib's two bytes (RFC 1950)."""
    is_zlib = beginning[0] & 0x0F == zlib.DEFLATED and int.from_bytes(beginning[:2]) % 31 == 0
    bare = encoding == "deflate" and not is_zlib and not beginning.startswith(_GZIP)
    return _RAW if bare else _ZLIB_OR_GZIP
