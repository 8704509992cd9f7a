"""What a pattern finds, and how single values are compared."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulator.cloudwatch.errors import PatternError

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Found:
    """A line that matched; `value` gives a field by its selector (`$.a.b`, `$name`), None when it has none."""

    value: Callable[[str], Any] = lambda _selector: None
    extracted: dict[str, str] = field(default_factory=dict)


Pattern = Callable[[str], Found | None]


def test_of(sign: str, wanted: str) -> Callable[[Any], bool]:
    """Whether a value stands to `wanted` as the pattern says; `wanted` as written, with its quotes."""
    if sign in _ORDERS:
        if not NUMBER.fullmatch(wanted):
            raise PatternError(f"{sign} compares with a number, not with {wanted}")
        return lambda value: (there := number(value)) is not None and _ORDERS[sign](there, float(wanted))
    equal = _equal_to(wanted)
    return equal if sign == "=" else lambda value: _is_comparable(value) and not equal(value)


def _equal_to(wanted: str) -> Callable[[Any], bool]:
    if len(wanted) > 1 and wanted[0] == wanted[-1] == "%":
        expression = re.compile(wanted[1:-1])
        return lambda value: isinstance(value, str) and expression.search(value) is not None
    quoted = len(wanted) > 1 and wanted[0] == wanted[-1] == '"'
    text = re.sub(r"\\(.)", r"\1", wanted[1:-1]) if quoted else wanted
    if not quoted and NUMBER.fullmatch(wanted):
        return lambda value: _is_comparable(value) and (value == text or _same_number(value, float(text)))
    glob = re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)
    if quoted:
        return lambda value: isinstance(value, str) and glob.fullmatch(value) is not None
    return lambda value: _is_comparable(value) and glob.fullmatch(written(value)) is not None


def _same_number(value: Any, wanted: float) -> bool:
    return not isinstance(value, str) and number(value) == wanted


def _is_comparable(value: Any) -> bool:
    """Only strings and numbers are: objects, arrays, booleans and null never match."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def number(value: Any) -> float | None:
    """A number, also one that is written in a string; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str):
        return float(value) if NUMBER.fullmatch(value) else None
    return float(value)


def written(value: Any) -> str:
    """A value as text, as dimensions show it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
