"""Judgements as they end: `judge_budgets` runs, with made-up counts of CloudWatch."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from lambdas.error_budget.judge_budgets import judge_budgets
from lambdas.error_budget.objective import Series
from lambdas.error_budget.settings import Settings
from tests.producers import Deployment

NOW = datetime(2026, 11, 23, 9, 2, tzinfo=UTC)
MANY = 1000.0


def good(deployment: Deployment) -> None:
    _run(deployment, bad_share=0)


def worst(deployment: Deployment) -> None:
    _run(deployment, bad_share=1)


def _run(deployment: Deployment, *, bad_share: float) -> None:
    settings = Settings.from_environment(deployment.variables["error_budget"])
    counts = {
        **{series: MANY for objective in settings.promised for series in objective.events},
        **{series: MANY * (1 - bad_share) for objective in settings.promised for series in objective.good},
        **{series: MANY * bad_share for objective in settings.promised for series in objective.bad},
    }
    judge_budgets(settings, _counting(counts.__getitem__), NOW, clock=lambda: NOW)


def _counting(count: Callable[[Series], float]) -> SimpleNamespace:
    """A client of CloudWatch that has the same count in every period."""

    def paginate(*, MetricDataQueries, StartTime, EndTime, **_):  # noqa: N803  (boto3's names)
        return [{"MetricDataResults": [result(query, StartTime, EndTime) for query in MetricDataQueries]}]

    def result(query, start, end):
        stat = query["MetricStat"]
        metric = stat["Metric"]
        dimensions = {one["Name"]: one["Value"] for one in metric["Dimensions"]}
        series = Series.of(metric["Namespace"], metric["MetricName"], stat["Stat"], dimensions)
        period = timedelta(seconds=stat["Period"])
        times = [start + number * period for number in range((end - start) // period)]
        return {"Id": query["Id"], "Timestamps": times, "Values": [count(series)] * len(times)}

    return SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=paginate))
