"""Sentry's envelopes: a header, then items of a header and a payload each, by lines.

https://develop.sentry.dev/sdk/foundations/transport/envelopes/
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from lambdas.error_intake.refused import RefusedError

LONGEST_HEADER: Final = 8192
"""Bytes of a line that says what follows."""
MOST_ITEMS: Final = 200
MOST_LINES: Final = 1000
"""That are looked at to find them: what is damaged may have millions."""
LARGEST_JSON: Final = 1 << 20
"""Bytes."""
MALFORMED: Final = "malformed"
"""The kind of an item whose header cannot be read."""
_OF_AN_ITEM = frozenset(
    ("type", "length", "content_type", "filename", "attachment_type", "item_count", "headers", "platform", "meta")
)
"""What an item's header may hold: by it the next item is found behind a damaged one."""
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)  # NaN is no JSON, and nothing that reads it later takes it


@dataclass(frozen=True)
class Item:
    kind: str
    payload: bytes


@dataclass(frozen=True)
class Envelope:
    header: Mapping[str, Any]
    items: tuple[Item, ...]


def read_json(payload: bytes) -> Any:
    """Raises ValueError, of what is too large or nested too deeply too.  What is no UTF-8 is replaced."""
    if len(payload) > LARGEST_JSON:
        raise ValueError("too large")
    try:
        return _DECODER.decode(payload.decode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def header_of(beginning: bytes) -> dict[str, Any]:
    """The header of the envelope that begins so; raises RefusedError."""
    line = beginning.partition(b"\n")[0]
    header = _header_in(line)
    if header is None:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the envelope's first line is not a JSON object")
    return header


def envelope_of(body: bytes) -> Envelope:
    """Raises RefusedError for a bad header of the envelope; a bad item takes none of its neighbours with it."""
    header = header_of(body)
    _, _, rest = body.partition(b"\n")
    return Envelope(header, tuple(_items(rest)))


def _items(body: bytes) -> Iterator[Item]:
    at, number, lost = 0, 0, False
    for _ in range(MOST_LINES):
        line, after = _line(body, at)
        if number == MOST_ITEMS or at >= len(body):
            break
        header = _header_in(line)
        if not line.strip():
            at = after
        elif header is None or not isinstance(header.get("type"), str) or (lost and not header.keys() <= _OF_AN_ITEM):
            if not lost:
                yield Item(MALFORMED, b"")
            at, number, lost = after, number + (not lost), True
        else:
            payload, at = _payload(body, after, header.get("length"))
            yield Item(header["type"], payload)
            number, lost = number + 1, False
    if at < len(body) and not lost:
        yield Item(MALFORMED, b"")  # of what follows nothing is known but that it is too much


def _payload(body: bytes, at: int, length: Any) -> tuple[bytes, int]:
    """The payload that begins at `at`, and where the next item does.

    A length that leads into the middle of a line is wrong, and the payload is what it is without one: a line.
    """
    if type(length) is int and 0 <= length <= len(body) - at and body[at + length : at + length + 1] in (b"", b"\n"):
        return body[at : at + length], at + length + 1
    return _line(body, at)


def _line(body: bytes, at: int) -> tuple[bytes, int]:
    end = body.find(b"\n", at)
    end = len(body) if end < 0 else end
    return body[at:end], end + 1


def _header_in(line: bytes) -> dict[str, Any] | None:
    if len(line) > LONGEST_HEADER or not line.lstrip().startswith(b"{"):
        return None
    try:
        header = read_json(line)
    except ValueError:
        return None
    return header if isinstance(header, dict) else None
