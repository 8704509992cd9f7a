"""Arithmetic, comparison and logic.

Where one of two time series has no value, it counts as 0; a point that would be divided by zero is dropped.
"""

import operator
from collections.abc import Callable

from emulator.cloudwatch.errors import MathsError
from emulator.cloudwatch.maths.values import Series, Value

_SIGNS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "AND": lambda left, right: bool(left) and bool(right),
    "OR": lambda left, right: bool(left) or bool(right),
}


def combine(sign: str, left: Value, right: Value) -> Value:
    if isinstance(left, tuple) and isinstance(right, tuple):
        raise MathsError(f"{sign} cannot join two arrays of time series")
    if isinstance(left, tuple):
        return tuple(_pair(sign, series, right) for series in left)  # type: ignore[arg-type, misc]
    if isinstance(right, tuple):
        return tuple(_pair(sign, left, series) for series in right)  # type: ignore[misc]
    return _pair(sign, left, right)


def _pair(sign: str, left: float | Series, right: float | Series) -> float | Series:
    moments = sorted({moment for side in (left, right) if isinstance(side, Series) for moment in side.points})
    if isinstance(left, float) and isinstance(right, float):
        value = _compute(sign, left, right)
        if value is None:
            raise MathsError(f"{left:g} {sign} {right:g} has no value")
        return value
    values = {moment: _compute(sign, _at(left, moment), _at(right, moment)) for moment in moments}
    name = left.name if isinstance(left, Series) else right.name if isinstance(right, Series) else ""
    return Series({moment: value for moment, value in values.items() if value is not None}, name)


def _at(side: float | Series, moment: int) -> float:
    return side.points.get(moment, 0.0) if isinstance(side, Series) else side


def _compute(sign: str, left: float, right: float) -> float | None:
    try:
        value = _SIGNS[sign](left, right)
    except (ZeroDivisionError, OverflowError):
        return None
    return None if isinstance(value, complex) else float(value)
