"""A metric alarm as its API describes it, evaluated over the samples of its metrics."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulator.cloudwatch.condition import Condition, Missing, Point, State
from emulator.cloudwatch.maths.evaluate import Queries
from emulator.cloudwatch.maths.values import Series
from emulator.cloudwatch.samples import Sample
from emulator.cloudwatch.statistics import is_percentile
from emulator.cloudwatch.verdict import Verdict, judge
from emulator.cloudwatch.window import Window, points_in, window_at

Band = tuple[float, float]
Samples = Callable[[str, str, Mapping[str, str]], Sequence[Sample]]
"""The samples of a namespace, metric name and exactly these dimensions."""
_ONLY = "only"
_DEFAULT_PERIOD = 300
_IGNORING = ("AWS/DynamoDB",)
"""Alarms on these always ignore missing data, whatever they say (API_PutMetricAlarm, TreatMissingData)."""
_ENOUGH = 10
"""A percentile needs 10 / (1 - percentile) samples, below the median 10 / percentile."""


@dataclass(frozen=True)
class Sources:
    """Where an evaluation gets its data."""

    samples: Samples
    band: Band | None = None
    """Lower and upper edge, as a trained model would give them."""
    insight: Callable[[str, str, Window], Mapping[int, float] | None] = lambda _rule, _metric, _window: None


def evaluate(alarm: Mapping[str, Any], moment: datetime, sources: Sources) -> Verdict:
    """What the alarm's state should be at `moment`; raises MathsError when its expression cannot be computed."""
    condition = condition_of(alarm)
    metrics = _metrics(alarm)
    window = window_at(moment, period_of(alarm), condition.evaluation_periods)
    if alarm.get("EvaluateLowSampleCountPercentile") == "ignore" and _too_few(metrics, window, condition, sources):
        return Verdict(None, "Insufficient Data: too few samples for a percentile.", ())
    queries = Queries(
        window,
        {name: _series(name, metric, window, sources) for name, metric in metrics.items()},
        {query["Id"]: query["Expression"] for query in alarm.get("Metrics", ()) if query.get("Expression")},
        band_of=lambda _metric: _band(window, sources.band),
        insight=sources.insight,
    )
    return judge(condition, window, _points(alarm, condition, queries))


def condition_of(alarm: Mapping[str, Any]) -> Condition:
    periods = int(alarm.get("EvaluationPeriods", 1))
    return Condition(
        alarm["ComparisonOperator"],
        float(alarm.get("Threshold") or 0),
        periods,
        int(alarm.get("DatapointsToAlarm") or periods),
        Missing.IGNORE if alarm.get("Namespace") in _IGNORING else Missing(alarm.get("TreatMissingData") or "missing"),
    )


def period_of(alarm: Mapping[str, Any]) -> int:
    """The period of the metrics; of an expression without any, its own."""
    periods = [query.get("MetricStat", query).get("Period") for query in alarm.get("Metrics", ())]
    return int(alarm.get("Period") or next(filter(None, periods), _DEFAULT_PERIOD))


def watched_query(alarm: Mapping[str, Any]) -> str:
    """The Id of the query that is compared with the threshold or the band."""
    if not alarm.get("Metrics"):
        return _ONLY
    band = alarm.get("ThresholdMetricId")
    returned = [query["Id"] for query in alarm["Metrics"] if query.get("ReturnData", True) and query["Id"] != band]
    return str(returned[0])


def _metrics(alarm: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Each metric by its Id, in the shape of a query's MetricStat."""
    if alarm.get("Metrics"):
        return {query["Id"]: query["MetricStat"] for query in alarm["Metrics"] if query.get("MetricStat")}
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
    return {_ONLY: {"Metric": alarm, "Stat": statistic, "Unit": alarm.get("Unit")}}


def _samples(metric: Mapping[str, Any], sources: Sources) -> Sequence[Sample]:
    identity = metric["Metric"]
    dimensions = {each["Name"]: each["Value"] for each in identity.get("Dimensions") or ()}
    return sources.samples(identity["Namespace"], identity["MetricName"], dimensions)


def _series(name: str, metric: Mapping[str, Any], window: Window, sources: Sources) -> Series:
    unit = metric.get("Unit") or None
    return Series(points_in(window, _samples(metric, sources), metric["Stat"], unit), name)


def _band(window: Window, band: Band | None) -> tuple[Series, Series] | None:
    if band is None:
        return None
    lower, upper = band
    return Series(dict.fromkeys(window.starts, upper)), Series(dict.fromkeys(window.starts, lower))


def _points(alarm: Mapping[str, Any], condition: Condition, queries: Queries) -> dict[int, Point]:
    values = queries.series(watched_query(alarm)).points
    if not condition.watches_band:
        return {start: Point(start, value) for start, value in values.items()}
    upper, lower = queries.value(alarm["ThresholdMetricId"])  # type: ignore[misc]
    return {
        start: Point(start, value, lower.points[start], upper.points[start])
        for start, value in values.items()
        if start in lower.points and start in upper.points
    }


def _too_few(metrics: Mapping[str, Mapping[str, Any]], window: Window, condition: Condition, sources: Sources) -> bool:
    """Whether a percentile would rest on fewer samples than it needs."""
    start = window.starts[-condition.evaluation_periods]
    for metric in metrics.values():
        if not is_percentile(metric["Stat"]):
            continue
        share = float(metric["Stat"][1:]) / 100
        seen = sum(it.count for it in _samples(metric, sources) if start <= it.moment < window.end)
        if seen < _ENOUGH / max(min(share, 1 - share), 1e-9):
            return True
    return False


__all__ = ["Band", "Samples", "Sources", "State", "evaluate"]
