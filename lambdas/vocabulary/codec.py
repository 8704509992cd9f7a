"""Frozen dataclasses as what JSON holds, and back.

    dataclass        object, in the order of its fields
    datetime, date   ISO 8601; a datetime with its zone
    timedelta        seconds
    Enum             its value
    tuple            list
    Mapping          object, whose keys are texts, whole numbers or enums

Reading is strict: nothing is converted, true is not a number, and a field without a default must be there.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum, EnumType
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Self, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_Read = Callable[[Any, str], Any]
"""Reads a value; the second argument is its path in the document, for errors."""


class MalformedError(ValueError):
    """A document is not what it should be.  The message names the field and never quotes a value: it may be secret."""


class JsonDocument:
    """A dataclass that is stored or sent as JSON."""

    JSON_FORMAT: ClassVar[Mapping[str, Any]] = {}
    """What `json.dumps` is given besides."""

    def to_json(self) -> str:
        return json.dumps(encode(self), **self.JSON_FORMAT)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Raises MalformedError, or json's own ValueError."""
        return decode(cls, json.loads(text))


def encode(value: Any) -> Any:
    plain = value
    match value:
        case Enum():
            plain = value.value
        case date():  # which a datetime is, too
            plain = value.isoformat()
        case timedelta():
            plain = value.total_seconds()
        case tuple() | list():
            plain = [encode(part) for part in value]
        case Mapping():
            plain = {encode(key): encode(of) for key, of in value.items()}
        case _ if is_dataclass(value):
            plain = {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    return plain


def decode(kind: type[T], written: Any, *, ignore_unknown: bool = False) -> T:
    """Read what `encode` wrote as a `kind`, which may be a dataclass or any type that a field may have.

    `ignore_unknown` is for what newer code may have written: its keys that are not known here are passed over.  Raises
    MalformedError.
    """
    read: Callable[[Any, str], T] = _reader(cast("Any", kind), ignore_unknown)
    return read(written, "")


@cache
def _reader(hint: Any, ignore_unknown: bool) -> _Read:
    origin, arguments = get_origin(hint), get_args(hint)
    parts = [_reader(each, ignore_unknown) for each in arguments if each not in (NoneType, Ellipsis)]
    if origin is None:
        return _simple(hint, ignore_unknown)
    if origin is UnionType and len(parts) == len(arguments) - 1 == 1:
        return _optional(*parts)
    if origin is tuple:
        return _list(*parts) if Ellipsis in arguments else _several(parts)
    if issubclass(origin, Mapping):
        return _mapping(arguments[0], *parts)
    raise TypeError(f"a field of type {hint} cannot be read from JSON")


def _simple(kind: Any, ignore_unknown: bool) -> _Read:
    if is_dataclass(kind):
        return _record(cast("type", kind), ignore_unknown)
    if isinstance(kind, EnumType):
        return _one_of(cast("type[Enum]", kind))
    return _READERS[kind]


def _record(kind: type, ignore_unknown: bool) -> _Read:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name], ignore_unknown) for field in fields(kind)}
    needed = {field.name for field in fields(kind) if field.default is field.default_factory is MISSING}

    def read(written: Any, path: str) -> Any:
        _expect(written, path, dict)
        if missing := needed - written.keys():
            raise MalformedError(f"{_within(path, min(missing))} is missing")
        if not ignore_unknown and (unknown := written.keys() - readers.keys()):
            raise MalformedError(f"{_within(path, min(map(str, unknown)))} is not known")
        values = {
            name: reader(written[name], _within(path, name)) for name, reader in readers.items() if name in written
        }
        try:
            return kind(**values)
        except (TypeError, ValueError) as error:
            raise MalformedError(f"{path or 'it'} is not a {kind.__name__}: {error}") from error

    return read


def _optional(read: _Read) -> _Read:
    return lambda written, path: None if written is None else read(written, path)


def _list(read: _Read) -> _Read:
    return lambda written, path: tuple(
        read(part, f"{path}[{number}]") for number, part in enumerate(_expect(written, path, list, tuple))
    )


def _several(readers: list[_Read]) -> _Read:
    def read(written: Any, path: str) -> Any:
        if len(_expect(written, path, list, tuple)) != len(readers):
            raise MalformedError(f"{path or 'it'} has {len(written)} parts, expected {len(readers)}")
        return tuple(
            reader(part, f"{path}[{number}]")
            for number, (reader, part) in enumerate(zip(readers, written, strict=True))
        )

    return read


def _mapping(key_kind: type, read_key: _Read, read: _Read) -> _Read:
    def key_of(key: Any, path: str) -> Any:
        if key_kind is int and isinstance(key, str) and key.removeprefix("-").isdecimal():
            return int(key)  # JSON has no other keys than texts
        return read_key(key, path)

    return lambda written, path: {
        key_of(key, f"{path}'s key"): read(part, _within(path, str(key)))
        for key, part in _expect(written, path, dict).items()
    }


def _one_of(kind: type[Enum]) -> _Read:
    def read(written: Any, path: str) -> Any:
        try:
            return kind(written)
        except ValueError:
            known = ", ".join(repr(each.value) for each in kind)
            raise MalformedError(f"{path or 'it'} is {type(written).__name__}, expected one of {known}") from None

    return read


def _text_as(parse: Callable[[str], Any], what: str) -> _Read:
    def read(written: Any, path: str) -> Any:
        try:
            return parse(_expect(written, path, str))
        except MalformedError:
            raise
        except ValueError:
            raise MalformedError(f"{path or 'it'} is str, expected {what}") from None

    return read


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _of_type(*kinds: type) -> _Read:
    return lambda written, path: _expect(written, path, *kinds)


def _expect(written: Any, path: str, *kinds: type) -> Any:
    if not isinstance(written, kinds) or (isinstance(written, bool) and bool not in kinds):
        expected = " or ".join(kind.__name__ for kind in kinds)
        raise MalformedError(f"{path or 'it'} is {type(written).__name__}, expected {expected}")
    return written


def _within(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


_READERS: dict[Any, _Read] = {
    Any: lambda written, _: written,
    str: _of_type(str),
    bool: _of_type(bool),
    int: _of_type(int),
    float: _of_type(float, int),  # JSON writes whole numbers without a point
    datetime: _text_as(_moment, "an ISO 8601 time with its zone"),
    date: _text_as(date.fromisoformat, "an ISO 8601 date"),
    timedelta: lambda written, path: timedelta(seconds=_expect(written, path, float, int)),
}
