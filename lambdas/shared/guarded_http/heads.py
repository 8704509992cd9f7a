"""An answer's head that h11 refuses and browsers take: repaired as they read it, with what is wrong in it named.

A browser ignores a header line whose name is none, or that has no colon, and takes blanks before the colon.  What
it refuses stays as it is: two lengths, a length that is no number, a NUL in a value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.(\d)[ \t]+(\d{3})(?!\d)")
_STRICT_STATUS_LINE = re.compile(rb"HTTP/1\.\d \d{3}(?: [^\0\r\x0b\x0c]*)?")
_TOKEN = re.compile(rb"[-!#$%&'*+.^_`|~0-9a-zA-Z]+")
_OTHER_BLANKS = re.compile(rb"[\r\x0b\x0c]")  # that h11 takes in no value
_MAX_NAME = 40


@dataclass(frozen=True)
class Repaired:
    received: bytes
    """With the repaired head; what follows it is unchanged."""
    flaws: tuple[str, ...]
    """What was wrong, such as `header X-Cache`: names or line numbers, never values."""


def repaired(received: bytes) -> Repaired | None:
    """What a browser would read in `received`; None when the head is not complete or needs no mending."""
    end = _END.search(received)
    if not end:
        return None
    status, *lines = re.split(rb"\r?\n", received[: end.start()])
    found = _STATUS_LINE.match(status)
    flaws = ["status line"] if found and not _STRICT_STATUS_LINE.fullmatch(status) else []
    kept = [b"HTTP/1.%s %s" % found.groups() if found else status]
    for number, line in _unfolded(lines):
        field = _field(line, kept)
        if field != line:
            flaws.append(_called(line, number))
        if field is not None:
            kept.append(field)
    head = b"\r\n".join(kept)
    return Repaired(head + b"\r\n\r\n" + received[end.end() :], tuple(flaws)) if flaws else None


def malformed_header(received: bytes) -> str:
    """The first header whose value no client takes, as an operator may read it."""
    end = _END.search(received)
    lines = re.split(rb"\r?\n", received[: end.start()] if end else received)[1:]
    return next((_called(line, number) for number, line in _unfolded(lines) if b"\0" in line), "a header")


def _unfolded(lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each header with the number of its first line in the head, the lines that continue it joined to it."""
    number, header = 0, b""
    for position, line in enumerate(lines, 2):
        if header and line[:1] in (b" ", b"\t"):
            header += b" " + line.strip(b" \t")
            continue
        if header:
            yield number, header
        number, header = position, line
    if header:
        yield number, header


def _field(line: bytes, before: list[bytes]) -> bytes | None:
    """`name:value` as a browser reads the line after those `before` it; None for what it passes over."""
    name, colon, value = line.partition(b":")
    name = name.strip(b" \t")
    if not colon or not _TOKEN.fullmatch(name) or _says_no_more(name.lower(), value.strip().lower(), before):
        return None
    return b"%s:%s" % (name, _OTHER_BLANKS.sub(b" ", value))


def _says_no_more(name: bytes, value: bytes, before: list[bytes]) -> bool:
    """Whether it is a transfer coding that is none, or is there already."""
    repeated = any(field.lower().startswith(b"transfer-encoding:") for field in before)
    return name == b"transfer-encoding" and (value == b"identity" or (value == b"chunked" and repeated))


def _called(line: bytes, number: int) -> str:
    """A header by the beginning of its name: what follows may be a value, and a secret."""
    name = _TOKEN.match(line.strip(b" \t"))
    return f"header {name[0][:_MAX_NAME].decode()}" if name else f"line {number} of the head"
