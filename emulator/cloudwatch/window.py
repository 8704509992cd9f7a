"""Which periods an alarm looks at, and the statistic of each.

Sliding windows: the newest period ended at the last full minute.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from emulator.cloudwatch.samples import Sample
from emulator.cloudwatch.statistics import value_of

MINUTE = 60
EXTRA_PERIODS = 2
"""CloudWatch retrieves more than asked; its documentation shows five for three and gives no other number."""


@dataclass(frozen=True)
class Window:
    """Periods of equal length, by the epoch second at which each starts, oldest first."""

    period: int
    starts: tuple[int, ...]

    def start_of(self, moment: float) -> int:
        """The start of the period that a moment within lies in."""
        return self.starts[bisect_right(self.starts, moment) - 1]

    @property
    def end(self) -> int:
        return self.starts[-1] + self.period


def window_at(moment: datetime, period: int, evaluation_periods: int) -> Window:
    """The evaluation range of an alarm that is evaluated at `moment`: complete periods only."""
    step = min(period, MINUTE)
    end = int(moment.timestamp() // step * step)
    count = evaluation_periods + EXTRA_PERIODS
    return Window(period, tuple(end - period * ago for ago in range(count, 0, -1)))


def points_in(window: Window, samples: Sequence[Sample], statistic: str, unit: str | None = None) -> dict[int, float]:
    """The statistic of each period that has data; with a unit, of the data in that unit only."""
    by_start: dict[int, list[Sample]] = {}
    for sample in samples:
        if window.starts[0] <= sample.moment < window.end and unit in (None, sample.unit):
            by_start.setdefault(window.start_of(sample.moment), []).append(sample)
    values = {start: value_of(statistic, within) for start, within in sorted(by_start.items())}
    return {start: value for start, value in values.items() if value is not None}
