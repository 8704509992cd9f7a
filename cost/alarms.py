"""Alarms and dashboards."""

import re
from collections.abc import Iterator
from typing import Any

from cost.errors import CostError
from cost.metrics import metrics_of
from cost.prices import Price
from cost.templates import Resource, Templates
from cost.use import Use

_OF_A_BAND = 3  # the metric, and the upper and the lower edge that it is held against
_DRAWN_FREE = 50


def uses_of_alarms(templates: Templates) -> Iterator[Use]:
    """An alarm costs by the metrics in it.  Raises CostError for one whose metrics cannot be counted."""
    for alarm in templates.of_type("AWS::CloudWatch::Alarm"):
        fast = any(period < 60 for period in _periods(alarm.properties))  # noqa: PLR2004  a minute
        price = Price.HIGH_RESOLUTION_ALARM if fast else Price.ALARM
        yield Use(price, _metrics_in(alarm), str(alarm.properties["AlarmName"]))
    for alarm in templates.of_type("AWS::CloudWatch::CompositeAlarm"):
        yield Use(Price.COMPOSITE_ALARM, 1, str(alarm.properties["AlarmName"]))


def uses_of_dashboards(templates: Templates) -> Iterator[Use]:
    for dashboard in templates.of_type("AWS::CloudWatch::Dashboard"):
        drawn = len(set(metrics_of(dashboard)))
        price = Price.LARGE_DASHBOARD if drawn > _DRAWN_FREE else Price.DASHBOARD
        yield Use(price, 1, f"{dashboard.properties['DashboardName']}, {drawn} metrics")


def _metrics_in(alarm: Resource) -> int:
    if "MetricName" in alarm.properties:
        return 1
    queries = alarm.properties.get("Metrics", [])
    expressions: list[str] = [query["Expression"] for query in queries if "Expression" in query]
    if unbounded := [one for one in expressions if re.match(r"\s*(SELECT|SEARCH)\b", one)]:
        raise CostError(f"{alarm} looks at as many metrics as {unbounded[0]!r} finds: name them")
    contributed = sum(expression.count("INSIGHT_RULE_METRIC") for expression in expressions)
    looked_at = sum("MetricStat" in query for query in queries) + contributed
    if not looked_at:
        raise CostError(f"{alarm} names no metric: nobody knows what it costs")
    bands = sum("ANOMALY_DETECTION_BAND" in expression for expression in expressions)
    return looked_at + (_OF_A_BAND - 1) * bands


def _periods(alarm: dict[str, Any]) -> Iterator[int]:
    yield alarm.get("Period", 300)
    for query in alarm.get("Metrics", ()):
        yield query.get("MetricStat", query).get("Period", 300)
