"""Functions that look at a time series' neighbours or at its clock."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import accumulate, pairwise

from emulator.cloudwatch.maths.values import Series
from emulator.cloudwatch.window import Window

Change = Callable[[Series], Series]


def _steps(series: Series) -> Iterator[tuple[int, float, int]]:
    """Moment, change of value and seconds since the value before."""
    for (before, old), (moment, new) in pairwise(series.points.items()):
        yield moment, new - old, moment - before


def _logarithm(log: Callable[[float], float]) -> Change:
    return lambda series: series.map(lambda value: log(value) if value > 0 else None)


CHANGES: dict[str, Change] = {
    "ABS": lambda series: series.map(abs),
    "CEIL": lambda series: series.map(lambda value: float(math.ceil(value))),
    "FLOOR": lambda series: series.map(lambda value: float(math.floor(value))),
    "LOG": _logarithm(math.log),
    "LOG10": _logarithm(math.log10),
    "DIFF": lambda series: Series({moment: change for moment, change, _ in _steps(series)}, series.name),
    "DIFF_TIME": lambda series: Series({moment: float(seconds) for moment, _, seconds in _steps(series)}, series.name),
    "RATE": lambda series: Series(
        {moment: change / seconds for moment, change, seconds in _steps(series)}, series.name
    ),
    "RUNNING_SUM": lambda series: Series(
        dict(zip(series.points, accumulate(series.points.values()), strict=True)), series.name
    ),
}

CLOCKS: dict[str, Callable[[datetime], float]] = {
    "MINUTE": lambda at: at.minute,
    "HOUR": lambda at: at.hour,
    "DAY": lambda at: at.isoweekday(),
    "DATE": lambda at: at.day,
    "MONTH": lambda at: at.month,
    "YEAR": lambda at: at.year,
    "EPOCH": lambda at: at.timestamp(),
}


def clock(function: str, window: Window) -> Series:
    """A time series without gaps of what the clock says in each period."""
    read = CLOCKS[function]
    return Series({start: float(read(datetime.fromtimestamp(start, UTC))) for start in window.starts})


def filled(series: Series, window: Window, filler: "float | str | Series") -> Series:
    """Missing points set to a number, another series' points, the last value (REPEAT) or a line between (LINEAR)."""
    if filler == "LINEAR":
        return Series(_on_a_line(series, window), series.name)
    points, last = {}, None
    for start in window.starts:
        missing = last if filler == "REPEAT" else filler.points.get(start) if isinstance(filler, Series) else filler
        value = series.points.get(start, missing)
        if isinstance(value, float):
            points[start] = last = value
    return Series(points, series.name)


def _on_a_line(series: Series, window: Window) -> dict[int, float]:
    points = dict(series.points)
    for (before, low), (after, high) in pairwise(series.points.items()):
        for start in window.starts:
            if before < start < after:
                points[start] = low + (high - low) * (start - before) / (after - before)
    return dict(sorted(points.items()))
