"""Statistics in what CloudWatch answers, computed as for its alarms.

MiniStack knows the plain ones and percentiles, and takes any other for the average.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ministack.services import cloudwatch

from emulator.cloudwatch.statistics import value_of
from emulator.ministack.alarms import store


def register() -> None:
    cloudwatch._stat_value = value


def value(plain: Mapping[str, float], statistic: str, points: Sequence[dict[str, Any]] | None = None) -> float | None:
    """The statistic of the points of a period, whose `plain` ones are known."""
    if statistic in plain:
        return plain[statistic]
    return value_of(statistic, [sample for point in points or () for sample in store.samples_of(point)])
