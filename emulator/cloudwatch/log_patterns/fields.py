"""Patterns over lines of fields with spaces between: `[address, user, ..., status = 5*, milliseconds > 500]`."""

import re
from collections.abc import Callable

from emulator.cloudwatch.errors import PatternError
from emulator.cloudwatch.log_patterns import conditions
from emulator.cloudwatch.log_patterns.match import Found, Pattern

_FIELD = re.compile(r'\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)')
_NAME = re.compile(r"\s*\(*\s*(\w*)")
_REST = "..."


def read(text: str) -> Pattern:
    if not text.endswith("]"):
        raise PatternError(f"the filter pattern {text!r} does not end with a bracket")
    parts = [part.strip() for part in _split(text[1:-1])]
    if parts.count(_REST) > 1:
        raise PatternError(f"the filter pattern {text!r} has more than one ellipsis")
    names = [_name(part) for part in parts]
    tests = [conditions.read(part, _check) for part in parts if part not in (_REST, _name(part))]

    def match(line: str) -> Found | None:
        values = _placed(names, _fields(line))
        if values is None:
            return None
        lookup = _lookup(values)
        if not all(test(lookup) for test in tests):
            return None
        extracted = {f"${name}": value for name, value in values.items()}
        return Found(extracted.get, extracted)

    return match


def _split(text: str) -> list[str]:
    """At commas that stand in no quotes."""
    return re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', text)


def _name(part: str) -> str:
    found = _NAME.match(part)
    return _REST if part == _REST else found[1] if found else ""


def _check(name: str) -> None:
    if not re.fullmatch(r"\w+", name):
        raise PatternError(f"{name} is not the name of a field")


def _fields(line: str) -> list[str]:
    """What stands between brackets or double quotes is one field."""
    return [next((group for group in found if group), "") for found in _FIELD.findall(line)]


def _placed(names: list[str], fields: list[str]) -> dict[str, str] | None:
    """The fields by name, unnamed ones by their number; None when the line has another number of fields."""
    if _REST in names:
        spare = len(fields) - (len(names) - 1)
        at = names.index(_REST)
        names = [*names[:at], *[""] * spare, *names[at + 1 :]] if spare >= 0 else names
    if len(names) != len(fields):
        return None
    return {name or str(number): field for number, (name, field) in enumerate(zip(names, fields, strict=True), 1)}


def _lookup(values: dict[str, str]) -> Callable[[str], list[str]]:
    return lambda name: [values[name]] if name in values else []
