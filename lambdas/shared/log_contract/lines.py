"""One line against the contract."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from lambdas.shared.log_contract.fields import FIELDS
from lambdas.shared.log_contract.private import private_data
from lambdas.shared.masking import masked_text
from lambdas.vocabulary.log_contract import IN_EVERY_LINE, REQUIRED, Event, Field

LONGEST_LINE = 256 * 1024 - 26
"""Bytes: what every way to CloudWatch Logs takes as one event."""
LONGEST_VALUE, LONGEST_PATH = 40, 100  # characters of what is repeated
_ABSENT = object()


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line: where, why and what to do.  Its text repeats no value that may be private."""

    field: str
    reason: str
    remedy: str
    private: bool = False
    """It is a secret, or personal data; such a line may be right in all else."""

    def __str__(self) -> str:
        return f"{self.field}: {self.reason} ({self.remedy})"


@dataclass(frozen=True)
class Line:
    """The result of checking one line."""

    event: Event | None
    faults: tuple[Fault, ...]


def check(text: bytes) -> Line:
    """Check one line, without its line end, against the contract."""
    document = _document(text)
    if isinstance(document, Fault):
        return Line(None, (document,))
    event = document.get(Field.EVENT)
    known = Event(event) if event in tuple(Event) else None
    return Line(known, (*_size(text), *_field_faults(document, known), *_private(document)))


class _RefusedError(Exception):
    """What Python reads as JSON and others do not."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def _document(text: bytes) -> dict[str, Any] | Fault:
    try:
        document = json.loads(text.decode(), object_pairs_hook=_each_key_once, parse_constant=_refuse)
    except _RefusedError as error:
        return error.fault
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        return Fault("line", "is not JSON", "write one JSON object per line, nothing before or after it")
    if not isinstance(document, dict):
        return Fault("line", "is no JSON object", "write one JSON object per line")
    return document


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise _RefusedError(Fault("line", "has a key twice", "write it once: readers differ in which one they take"))
    return document


def _refuse(constant: str) -> NoReturn:
    raise _RefusedError(Fault("line", f"holds {constant}, which is not JSON", "write null, or leave the field out"))


def _size(text: bytes) -> Iterator[Fault]:
    if len(text) > LONGEST_LINE:
        yield Fault("line", f"has more than {LONGEST_LINE:,} bytes", "shorten it: on its way it would be cut or split")


def _field_faults(document: dict[str, Any], event: Event | None) -> Iterator[Fault]:
    required = {*IN_EVERY_LINE, *(REQUIRED[event] if event else ())}
    for field, kind in FIELDS.items():
        value = _value(document, field)
        if value is _ABSENT:
            if field in required:
                yield Fault(field, f"is missing; must be {kind.must_be}", kind.remedy)
        elif not kind.holds(value):
            yield Fault(field, f"{_shown(field, value)}must be {kind.must_be}", kind.remedy)


def _value(document: dict[str, Any], field: Field) -> Any:
    outer, _, inner = field.partition(".")
    if not inner:
        return document.get(field, _ABSENT)
    found = document.get(outer, _ABSENT)
    return found.get(inner, _ABSENT) if isinstance(found, dict) else _ABSENT


def _shown(field: Field, value: Any) -> str:
    """A value is repeated only where it cannot be private: numbers, and the words of short lists."""
    listed = field in (Field.LEVEL, Field.EVENT, Field.STATUS)
    harmless = isinstance(value, int | float) or (isinstance(value, str) and listed)
    text = json.dumps(value) if harmless else ""
    return f"is {text}; " if 0 < len(text) <= LONGEST_VALUE else "does not fit; "


def _private(document: dict[str, Any]) -> Iterator[Fault]:
    for path, kind in private_data(document):
        yield Fault(_readable(path), f"looks like {kind}", "leave it out, or mask it before it is logged", private=True)


def _readable(path: str) -> str:
    """Keys are data, too: they may be private, endless, or move the cursor of a terminal."""
    shown = "".join(character if character.isprintable() else "?" for character in masked_text(path))
    return shown if len(shown) <= LONGEST_PATH else f"{shown[:LONGEST_PATH]}…"
