"""Functions that make one number of a time series, or one time series of an array."""

import math
import statistics
from collections.abc import Callable, Sequence

from emulator.cloudwatch.errors import MathsError
from emulator.cloudwatch.maths.values import Series, Value

Aggregate = Callable[[Sequence[float]], float]

AGGREGATES: dict[str, Aggregate] = {
    "AVG": statistics.fmean,
    "MAX": max,
    "MIN": min,
    "SUM": math.fsum,
    "STDDEV": statistics.pstdev,
    "DATAPOINT_COUNT": lambda values: float(len(values)),
}


def aggregate(function: str, value: Value) -> float | Series:
    """Over time for one series, across an array at each moment.

    AVG of an array divides by the number of its series: missing values are treated as 0.
    """
    if isinstance(value, Series):
        return _over_time(function, value)
    if not isinstance(value, tuple):
        raise MathsError(f"{function} needs a time series, not the number {value:g}")
    moments = sorted({moment for series in value for moment in series.points})
    return Series({moment: _across(function, value, moment) for moment in moments})


def _over_time(function: str, series: Series) -> float:
    values = list(series.points.values())
    if not values and function not in ("SUM", "DATAPOINT_COUNT"):
        raise NoValueError(function)
    return float(AGGREGATES[function](values))


def _across(function: str, value: Sequence[Series], moment: int) -> float:
    there = [series.points[moment] for series in value if moment in series.points]
    if function == "AVG":
        return math.fsum(there) / len(value)
    return float(AGGREGATES[function](there))


class NoValueError(Exception):
    """A number was asked of a time series without data: the expression has no data then."""
