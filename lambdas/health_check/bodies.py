"""A body taken in piece by piece, within bounds whatever the server sends."""

import contextlib
import zlib
from collections.abc import Iterator

from lambdas.health_check.results import ProbeError
from lambdas.vocabulary.endpoints import Reason

MEMORY = 128_000_000
"""Bytes that the bodies of all probes under way may hold together."""

_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS


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
    """At most `limit` bytes, after decoding what was not asked to be encoded."""

    def __init__(self, encoding: str, limit: int, share: Share) -> None:
        self._limit = limit
        self._share = share
        self._pieces: list[bytes] = []
        self._size = 0
        self._encoding = encoding
        self._decoder: zlib._Decompress | None = None

    def add(self, data: bytes) -> None:
        """Raises ProbeError when the body gets too large or cannot be decoded."""
        left = self._limit - self._size
        if self._encoding not in ("", "identity"):
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
        if self._encoding not in ("gzip", "x-gzip", "deflate"):
            raise ProbeError(Reason.WRONG_BODY, "its body is encoded in a way that was not asked for")
        self._decoder = self._decoder or zlib.decompressobj(_ZLIB_OR_GZIP)
        try:
            return self._decoder.decompress(data, at_most)
        except zlib.error as error:
            raise ProbeError(Reason.WRONG_BODY, "its compressed body is broken") from error
