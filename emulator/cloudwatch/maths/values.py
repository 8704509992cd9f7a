"""What expressions are computed with: numbers, time series, arrays of time series."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from emulator.cloudwatch.errors import MathsError
from emulator.cloudwatch.window import Window


@dataclass(frozen=True)
class Series:
    """Values by the start of their period; a missing period is a missing key."""

    points: Mapping[int, float] = field(default_factory=dict)
    name: str = ""
    """The Id of the query that it came from."""

    def map(self, change: Callable[[float], float | None]) -> "Series":
        """Each value changed; one that becomes None is dropped."""
        changed = {moment: change(value) for moment, value in self.points.items()}
        return Series({moment: value for moment, value in changed.items() if value is not None}, self.name)


Array = tuple[Series, ...]
Value = float | Series | Array


def constant(window: Window, value: float) -> Series:
    return Series(dict.fromkeys(window.starts, value))


def each(value: Value, change: Callable[[Series], Series], function: str) -> Value:
    """A function of a time series, over one or over each of an array."""
    if isinstance(value, Series):
        return change(value)
    if isinstance(value, tuple):
        return tuple(change(series) for series in value)
    raise MathsError(f"{function} needs a time series, not the number {value:g}")


def number(value: object, function: str) -> float:
    if isinstance(value, float):
        return value
    raise MathsError(f"{function} needs a number there")


def array(value: object, function: str) -> Array:
    if isinstance(value, tuple):
        return value
    raise MathsError(f"{function} needs an array of time series")


def series(value: object, function: str) -> Series:
    if isinstance(value, Series):
        return value
    raise MathsError(f"{function} needs a single time series")
