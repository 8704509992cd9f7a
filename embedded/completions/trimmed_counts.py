"""The statistic TC of two absolute bounds: how many values lie between them, the lower one excluded.

MiniStack takes a statistic that it does not know for the average.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from ministack.services import cloudwatch

_TRIMMED_COUNT = re.compile(r"TC\((?P<lower>[\d.]*):(?P<upper>[\d.]*)\)")

Statistic = Callable[..., float | None]


def register() -> None:
    cloudwatch._stat_value = with_trimmed_counts(cloudwatch._stat_value)


def with_trimmed_counts(value_of: Statistic) -> Statistic:
    def value(stats: dict[str, float], statistic: str, points: Sequence[Any] | None = None) -> float | None:
        bounds = _TRIMMED_COUNT.fullmatch(statistic)
        if bounds is None:
            return value_of(stats, statistic, points)
        lower, upper = float(bounds["lower"] or -math.inf), float(bounds["upper"] or math.inf)
        samples = cloudwatch._percentile_samples(points or [])
        if samples is None:
            return None
        return float(sum(weight for number, weight in samples if lower < number <= upper))

    return value
