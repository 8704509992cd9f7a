"""When a metric alarm fires, computed again from its metric's points: what another threshold would have done.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

_COMPARISONS: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_BREACHING, _NOT_BREACHING, _IGNORE = "breaching", "notBreaching", "ignore"
_RETRIEVED_BESIDES: Final = 2
"""CloudWatch retrieves more periods than are looked at; its documentation shows five for three."""

Points = Sequence[float | None]
"""A value for each period, oldest first; None where there is no data."""


@dataclass(frozen=True)
class Condition:
    """`datapoints` of the last `periods` points that breach make an alarm."""

    comparison: str
    threshold: float
    periods: int
    datapoints: int
    missing: str
    """What no data means, in CloudWatch's words."""
    seconds: int
    """The length of a period."""

    @classmethod
    def of(cls, alarm: Mapping[str, Any]) -> Self | None:
        """Of a metric alarm as DescribeAlarms has it; None for one that is compared with a band."""
        if alarm.get("ComparisonOperator") not in _COMPARISONS or alarm.get("Threshold") is None:
            return None
        periods = int(alarm["EvaluationPeriods"])
        return cls(
            alarm["ComparisonOperator"],
            float(alarm["Threshold"]),
            periods,
            int(alarm.get("DatapointsToAlarm") or periods),
            str(alarm.get("TreatMissingData") or "missing"),
            _period_of(alarm),
        )

    @property
    def is_upward(self) -> bool:
        """It fires when values are too large."""
        return self.comparison.startswith("Greater")

    def at(self, threshold: float) -> Self:
        return replace(self, threshold=threshold)

    def breaches(self, value: float) -> bool:
        return _COMPARISONS[self.comparison](value, self.threshold)

    def firings(self, points: Points) -> int:
        """How often it goes from another state to ALARM over these points."""
        fired, in_alarm, good_in_a_row = 0, False, 0
        breached = [None if value is None else self.breaches(value) for value in points]
        for end, newest in enumerate(breached, 1):
            good_in_a_row = good_in_a_row + 1 if newest is False else 0
            first = max(end - self.periods - _RETRIEVED_BESIDES, 0)
            # Most windows are as good as can be: thirty days of them are not looked at one by one.
            now = good_in_a_row < self.periods and self._in_alarm(breached[first:end], in_alarm=in_alarm)
            fired += now and not in_alarm
            in_alarm = now
        return fired

    def _in_alarm(self, window: Sequence[bool | None], *, in_alarm: bool) -> bool:
        """By the newest points that are there, as many as are looked at; what is missing then is filled in."""
        known = [(age, each) for age, each in enumerate(reversed(window), 1) if each is not None][: self.periods]
        breaching, lacking = sum(each for _, each in known), self.periods - len(known)
        if breaching + (lacking if self.missing == _BREACHING else 0) >= self.datapoints:
            return True
        if not lacking or self.missing in (_BREACHING, _NOT_BREACHING) or breaching < len(known):
            return False
        if self.missing == _IGNORE:
            return in_alarm
        return bool(known) and known[-1][0] >= self.datapoints  # a younger one would be a premature alarm


def _period_of(alarm: Mapping[str, Any]) -> int:
    """In seconds: of its metric, or of the metrics that it is computed from."""
    of_queries = (query.get("MetricStat", query).get("Period") for query in alarm.get("Metrics", ()))
    return int(alarm.get("Period") or next(filter(None, of_queries), 300))
