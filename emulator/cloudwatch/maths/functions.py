"""The remaining functions, each taking the evaluated arguments."""

from collections.abc import Callable, Sequence
from typing import Any

from emulator.cloudwatch.errors import MathsError
from emulator.cloudwatch.maths.aggregates import AGGREGATES, aggregate
from emulator.cloudwatch.maths.over_time import CHANGES, CLOCKS, clock, filled
from emulator.cloudwatch.maths.values import Series, Value, array, constant, each, number
from emulator.cloudwatch.window import Window

Function = Callable[..., Value]
_WORDS = ("REPEAT", "LINEAR", "ASC", "DESC", *AGGREGATES)
"""What may stand as a bare word in an argument."""


def is_word(name: str) -> bool:
    return name in _WORDS


def require(function: str) -> None:
    """Raises MathsError for a function that CloudWatch does not have or that an alarm cannot use."""
    if not any(function in known for known in (AGGREGATES, CHANGES, CLOCKS, _OTHERS)):
        raise MathsError(f"{function} is not a function of metric maths that an alarm can use")


def call(function: str, window: Window, arguments: Sequence[Any]) -> Value:
    """Raises MathsError for arguments that the function does not take."""
    try:
        if function in AGGREGATES:
            return aggregate(function, *arguments)
        if function in CHANGES:
            (value,) = arguments
            return each(value, CHANGES[function], function)
        if function in CLOCKS:
            (_value,) = arguments
            return clock(function, window)
        return _OTHERS[function](window, *arguments)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise (
            error if isinstance(error, MathsError) else MathsError(f"{function} does not take these arguments")
        ) from error


def _fill(window: Window, value: Value, filler: Any) -> Value:
    return each(value, lambda series: filled(series, window, filler), "FILL")


def _if(window: Window, condition: Value, then: Value, otherwise: Value | None = None) -> Value:
    if isinstance(condition, float):
        chosen = then if condition else otherwise
        return Series() if chosen is None else constant(window, chosen) if isinstance(chosen, float) else chosen
    if isinstance(condition, tuple):
        raise MathsError("IF needs a single time series as its condition")
    points = {}
    for moment, holds in condition.points.items():
        value = _at(then, moment, missing=0.0) if holds else _at(otherwise, moment, missing=None)
        if value is not None:
            points[moment] = value
    return Series(points)


def _at(value: Value | None, moment: int, *, missing: float | None) -> float | None:
    if isinstance(value, tuple):
        raise MathsError("IF needs single time series to choose from")
    return value.points.get(moment, missing) if isinstance(value, Series) else value


def _sort(_window: Window, value: Value, by: str, order: str, limit: float | None = None) -> Value:
    filled_first = sorted(
        array(value, "SORT"),
        key=lambda series: AGGREGATES[by](list(series.points.values()) or [0.0]),
        reverse=order == "DESC",
    )
    return tuple(filled_first[: None if limit is None else int(limit)])


_OTHERS: dict[str, Function] = {
    "FILL": _fill,
    "IF": _if,
    "SORT": _sort,
    "FIRST": lambda _window, value: array(value, "FIRST")[0],
    "LAST": lambda _window, value: array(value, "LAST")[-1],
    "METRIC_COUNT": lambda _window, value: float(len(array(value, "METRIC_COUNT"))),
    "PERIOD": lambda window, _value: float(window.period),
    "REMOVE_EMPTY": lambda _window, value: tuple(it for it in array(value, "REMOVE_EMPTY") if it.points),
    "SLICE": lambda _window, value, start, end=None: array(value, "SLICE")[
        int(start) : None if end is None else int(end)
    ],
    "TIME_SERIES": lambda window, value: constant(window, number(value, "TIME_SERIES")),
}
