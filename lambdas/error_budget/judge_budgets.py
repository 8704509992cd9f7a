"""Compares the promises with what happened: burn rates as log lines, and a metric while a budget burns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.error_budget.burn_rate import (
    FAST,
    LONGEST,
    PERIOD,
    SLOW,
    WINDOWS,
    Counts,
    Floor,
    budget_left,
    burn_rate,
    burns,
)
from lambdas.error_budget.objective import Objective, Promise
from lambdas.error_budget.read_counts import read_counts
from lambdas.error_budget.settings import Settings
from lambdas.shared.clock import Clock, now
from lambdas.shared.observability import logger, publish
from lambdas.vocabulary.metrics import Dimension, Metric

METRIC_DELAY = timedelta(minutes=1)  # until a log line is a metric
DAY, MONTH = timedelta(days=1), timedelta(days=30)


@dataclass(frozen=True)
class Judgement:
    """The state of one objective."""

    objective: Objective
    rates: dict[str, float]
    """Burn rates by window, such as `1h`."""
    events: float
    """In the last hour."""
    burns_fast: bool
    burns_slowly: bool
    left: float | None
    """The share of thirty days' budget that is left; None when it was not asked for, or nothing happened."""

    def as_dict(self) -> dict[str, Any]:
        """As the log has it."""
        return {
            "objective": self.objective.promise,
            "seen_by": self.objective.seen_by,
            "percent": self.objective.percent,
            "events": self.events,
            **{f"burn_{window}": round(rate, 2) for window, rate in self.rates.items()},
            "burns_fast": self.burns_fast,
            "burns_slowly": self.burns_slowly,
            **({} if self.left is None else {"budget_left_percent": round(100 * self.left, 1)}),
        }


def judge_budgets(settings: Settings, cloudwatch: Any, slot: datetime, clock: Clock = now) -> list[dict[str, Any]]:
    """Judge every objective, log each, and publish which promises are being broken; returns what was logged.

    What is left of thirty days is read in the first run of an hour: it changes slowly and doubles the price.
    Raises NoCountsError when CloudWatch does not answer: a run without counts proves nothing.
    """
    end = floor(clock() - METRIC_DELAY, PERIOD)
    counts = read_counts(cloudwatch, settings.promised, end, LONGEST, PERIOD)
    left = _left(cloudwatch, settings.promised, end) if slot.minute * timedelta(minutes=1) < PERIOD else {}
    limits = Floor(settings.least_events, settings.least_failures)
    judgements = [judge(objective, counts[objective], limits, left.get(objective)) for objective in settings.promised]
    for judgement in judgements:
        log = logger.warning if judgement.burns_fast or judgement.burns_slowly else logger.info
        log("error budget", **judgement.as_dict())
    _publish(settings.environment, judgements)
    return [judgement.as_dict() for judgement in judgements]


def judge(objective: Objective, counts: Counts, limits: Floor, left: float | None = None) -> Judgement:
    budget = objective.budget
    return Judgement(
        objective,
        {name_of(window): burn_rate(*counts.over(window), budget) for window in WINDOWS},
        counts.over(timedelta(hours=1))[0],
        burns(counts, FAST, budget, limits),
        burns(counts, SLOW, budget, limits),
        left,
    )


def floor(moment: datetime, step: timedelta) -> datetime:
    """The last whole step before `moment`."""
    origin = datetime(1970, 1, 1, tzinfo=UTC)
    return origin + (moment - origin) // step * step


def name_of(window: timedelta) -> str:
    """`5m`, `1h` or `3d`."""
    minutes = window // timedelta(minutes=1)
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def _left(cloudwatch: Any, objectives: Sequence[Objective], end: datetime) -> dict[Objective, float | None]:
    """By whole days, today's being as long as it is."""
    counts = read_counts(cloudwatch, objectives, floor(end, DAY) + DAY, MONTH, DAY)
    sums = {objective: (sum(of.events), sum(of.bad)) for objective, of in counts.items()}
    return {
        objective: budget_left(*sums[objective], objective.budget) if sums[objective][0] else None for objective in sums
    }


def _publish(environment: str, judgements: Sequence[Judgement]) -> None:
    """1 while a promise is being broken; nothing otherwise: a metric is paid for when it is sent."""
    for promise in Promise:
        of_promise = [judgement for judgement in judgements if judgement.objective.promise is promise]
        burning = {
            Metric.BUDGET_BURNS_FAST: any(judgement.burns_fast for judgement in of_promise),
            Metric.BUDGET_BURNS_SLOWLY: any(judgement.burns_slowly for judgement in of_promise),
        }
        if values := {metric: 1.0 for metric, burns_now in burning.items() if burns_now}:
            publish(values, environment=environment, **{Dimension.OBJECTIVE: promise})
