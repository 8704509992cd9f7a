"""Compressed bodies, inflated step by step: a few kilobytes may hold gigabytes."""

import zlib
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

import brotli

from lambdas.error_intake.refused import RefusedError

LARGEST: Final = 20_000_000
"""Bytes of an inflated request."""
_STEP = 1 << 16
_AT_MOST_TWICE = 2
_GZIP, _RAW = 16 + zlib.MAX_WBITS, -zlib.MAX_WBITS

Steps = Iterator[bytes]


def inflated(body: bytes, encodings: tuple[str, ...], largest: int = LARGEST) -> bytes:
    """Raises RefusedError: 413 for what is larger than `largest`, 415 for a compression that is not known."""
    for encoding in reversed(_known(encodings)):
        body = _joined(_STEPS[encoding](body), largest)
    if len(body) > largest:
        raise _too_large(largest)
    return body


def beginning(body: bytes, encodings: tuple[str, ...], length: int) -> bytes:
    """The first `length` bytes or a little more, at no more cost than theirs; raises RefusedError."""
    if len(encodings) > 1:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "there is no key (sentry_key) beside the body")
    for encoding in _known(encodings):
        found = b""
        for step in _refusing_faults(_STEPS[encoding](body)):
            found += step
            if len(found) >= length:
                break
        return found
    return body[:length]


def _known(encodings: tuple[str, ...]) -> tuple[str, ...]:
    if len(encodings) > _AT_MOST_TWICE or any(encoding not in _STEPS for encoding in encodings):
        known = ", ".join(_STEPS)
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the content encoding is none of {known}")
    return encodings


def _joined(steps: Steps, largest: int) -> bytes:
    found = bytearray()
    for step in _refusing_faults(steps):
        found += step
        if len(found) > largest:
            raise _too_large(largest)
    return bytes(found)


def _refusing_faults(steps: Steps) -> Steps:
    try:
        yield from steps
    except (zlib.error, brotli.error, EOFError):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is not what its content encoding says") from None


def _too_large(largest: int) -> RefusedError:
    return RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the request is larger than {largest} bytes inflated")


def _zlib_steps(body: bytes, wbits: int) -> Steps:
    inflate, at = zlib.decompressobj(wbits), 0
    while not inflate.eof:
        waiting = inflate.unconsumed_tail
        if not waiting:
            waiting, at = body[at : at + _STEP], at + _STEP
        step = inflate.decompress(waiting, _STEP)
        if not step and at >= len(body) and not inflate.unconsumed_tail and not inflate.eof:
            raise EOFError
        yield step


def _gzip_steps(body: bytes) -> Steps:
    return _zlib_steps(body, _GZIP)


def _deflate_steps(body: bytes) -> Steps:
    """With the head that the standard asks for, or without it, as some clients send it."""
    has_head = len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    return _zlib_steps(body, zlib.MAX_WBITS if has_head else _RAW)


def _brotli_steps(body: bytes) -> Steps:
    """It may want no more data and still have something to give."""
    inflate = brotli.Decompressor()
    step = inflate.process(body, output_buffer_limit=_STEP)
    yield step
    while not inflate.is_finished():
        if not step and inflate.can_accept_more_data():
            raise EOFError
        step = inflate.process(b"", output_buffer_limit=_STEP)
        yield step


_STEPS: dict[str, Callable[[bytes], Steps]] = {
    "gzip": _gzip_steps,
    "x-gzip": _gzip_steps,
    "deflate": _deflate_steps,
    "br": _brotli_steps,
}
