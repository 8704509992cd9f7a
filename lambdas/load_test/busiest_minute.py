"""How many requests the API's busiest minute of four weeks had."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.error_budget.judge_budgets import floor
from lambdas.error_budget.objective import Series
from lambdas.error_budget.read_counts import NoCountsError, read_series
from lambdas.load_test.plan import Busiest
from lambdas.load_test.refused import RefusedError

DAYS: Final = 28
MINUTE: Final = timedelta(minutes=1)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
BY_MINUTE: Final = timedelta(days=14, hours=23)
"""CloudWatch keeps single minutes for fifteen days, and answers nothing where they are asked of a longer time; of what
is older it keeps five minutes at once, whose mean counts."""
REMEDY: Final = "name the requests of the busiest minute yourself: --twice-of 600/min"

Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Kept:
    """What CloudWatch keeps of the time from `since` to `until` ago."""

    since: timedelta
    until: timedelta
    period: timedelta


KEPT: Final = (Kept(BY_MINUTE, timedelta(0), MINUTE), Kept(timedelta(days=DAYS), BY_MINUTE, 5 * MINUTE))


def busiest_minute(cloudwatch: Any, requests: Sequence[Series], now: datetime, left_out: Sequence[Window]) -> Busiest:
    """`left_out` are the times of earlier load tests, whose own requests may be among those counted.

    Raises RefusedError when CloudWatch knows of no request.
    """
    try:
        found = [count for kept in KEPT for count in _counts(cloudwatch, requests, now, kept)]
    except NoCountsError as error:
        raise RefusedError(f"the API's requests cannot be read: {error} ({REMEDY})") from error
    of_users = (count for count in found if not any(count.is_within(window) for window in left_out))
    busiest = max(of_users, key=lambda count: count.per_minute, default=None)
    if busiest is None or not busiest.per_minute:
        raise RefusedError(f"CloudWatch knows of no request of the API in {DAYS} days ({REMEDY})")
    return Busiest(busiest.per_minute, busiest.at)


@dataclass(frozen=True)
class _Count:
    at: datetime
    period: timedelta
    per_minute: float

    def is_within(self, window: Window) -> bool:
        since, until = window
        return since < self.at + self.period and self.at <= until


def _counts(cloudwatch: Any, requests: Sequence[Series], now: datetime, kept: Kept) -> Iterator[_Count]:
    end, length = floor(now - kept.until, kept.period), kept.since - kept.until
    values = read_series(cloudwatch, requests, end, length, kept.period)
    for index, counts in enumerate(zip(*values.values(), strict=True)):
        yield _Count(end - length + index * kept.period, kept.period, sum(counts) * (MINUTE / kept.period))
