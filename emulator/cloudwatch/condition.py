"""When an alarm's points breach."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Missing(StrEnum):
    """What periods without data mean."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


_COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
BAND_COMPARISONS = ("GreaterThanUpperThreshold", "LessThanLowerThreshold", "LessThanLowerOrGreaterThanUpperThreshold")
COMPARISONS = (*_COMPARISONS, *BAND_COMPARISONS)


@dataclass(frozen=True)
class Point:
    """The value of a period and, for an alarm on a band, the edges of its band there."""

    start: int
    value: float
    lower: float = 0.0
    upper: float = 0.0


@dataclass(frozen=True)
class Condition:
    """`datapoints_to_alarm` of `evaluation_periods` points that breach make an alarm."""

    comparison: str
    threshold: float
    """Not used by the comparisons with a band."""
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: Missing = Missing.MISSING

    @property
    def watches_band(self) -> bool:
        return self.comparison in BAND_COMPARISONS

    def is_breached_by(self, point: Point) -> bool:
        if not self.watches_band:
            return _COMPARISONS[self.comparison][0](point.value, self.threshold)
        below, above = point.value < point.lower, point.value > point.upper
        return (below and "Lower" in self.comparison) or (above and "Upper" in self.comparison)

    def words(self, points: Sequence[Point]) -> str:
        """How a breach reads in CloudWatch's reasons."""
        if not self.watches_band:
            return f"{_COMPARISONS[self.comparison][1]} the threshold ({self.threshold})"
        edges = {
            "Lower": f"less than the lower thresholds [{', '.join(str(point.lower) for point in points)}]",
            "Upper": f"greater than the upper thresholds [{', '.join(str(point.upper) for point in points)}]",
        }
        return " or ".join(words for edge, words in edges.items() if edge in self.comparison)
