"""How bad it is, in words: `connections_used of orders 93 % (above 80 %)`."""

import re
from typing import Any

from lambdas.shared.quantities import duration_of_seconds, quantity
from lambdas.vocabulary.metrics import Dimension, Unit, is_own, unit_of

_DATAPOINT = re.compile(r"\[(-?\d+(?:\.\d+)?(?:E-?\d+)?)[ \]]")
_NO_DATA = re.compile(r"no datapoints were received for (\d+) periods?")
_MISSING = "treated as [Breaching]"
_COMPARISONS = {
    "GreaterThanThreshold": "above {}",
    "GreaterThanOrEqualToThreshold": "{} or more",
    "LessThanThreshold": "below {}",
    "LessThanOrEqualToThreshold": "{} or less",
}
_BANDS = {
    "GreaterThanUpperThreshold": "above what is usual",
    "LessThanLowerThreshold": "below what is usual",
    "LessThanLowerOrGreaterThanUpperThreshold": "not what is usual",
}
_STATISTICS = {"AVERAGE", "MAXIMUM", "MINIMUM", "SUM"}
_SAMPLE_COUNT = {"SAMPLECOUNT", "SAMPLE_COUNT"}  # as the alarm has it, and as a message of a single metric writes it


def measured(alarm: dict[str, Any]) -> str:
    """What the alarm's message says of the value and the threshold; empty when it says nothing."""
    trigger = alarm.get("Trigger") or {}
    if not trigger:
        return _causes(alarm)
    subject, unit = _subject(trigger)
    reason = str(alarm.get("NewStateReason", ""))
    if match := _NO_DATA.search(reason):
        seconds = int(match[1]) * int(trigger.get("Period") or 0)
        return f"{subject}: no data{f' for {duration_of_seconds(seconds)}' if seconds else ''}"
    if not (match := _DATAPOINT.search(reason)):
        return ""
    return f"{subject} {quantity(float(match[1]), unit)} ({_limit(alarm, trigger, unit)})"


def has_no_data_yet(alarm: dict[str, Any]) -> bool:
    """Whether the alarm was just made and is in alarm because data is missing, not because a value is bad.

    An alarm begins as INSUFFICIENT_DATA, and one that takes missing data as breaching never comes back to it.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    reason = str(alarm.get("NewStateReason", ""))
    changed = (alarm.get("OldStateValue"), alarm["NewStateValue"])
    return changed == ("INSUFFICIENT_DATA", "ALARM") and _MISSING in reason and not _DATAPOINT.search(reason)


def _limit(alarm: dict[str, Any], trigger: dict[str, Any], unit: str) -> str:
    comparison = str(trigger.get("ComparisonOperator"))
    if comparison in _BANDS:
        return _BANDS[comparison] if alarm["NewStateValue"] == "ALARM" else "usual again"
    threshold = quantity(float(trigger.get("Threshold") or 0), unit)
    if alarm["NewStateValue"] != "ALARM":
        return f"the limit is {threshold}"
    return _COMPARISONS.get(comparison, "the limit is {}").format(threshold)


def _subject(trigger: dict[str, Any]) -> tuple[str, str]:
    """What was measured, and its unit."""
    if "Metrics" in trigger:
        return _expression(trigger["Metrics"], band=trigger.get("ThresholdMetricId"))
    return _metric(trigger, trigger.get("ExtendedStatistic") or trigger.get("Statistic") or "")


def _expression(queries: list[dict[str, Any]], band: str | None) -> tuple[str, str]:
    """Of metric maths, whose result has no unit; a single metric among the queries is named by itself.

    The band of what is usual is returned, too, before or after the metric that it is about.
    """
    candidates = [query for query in queries if query["Id"] != band]
    returned = next((query for query in candidates if query.get("ReturnData", True)), candidates[0])
    if stat := returned.get("MetricStat"):
        return _metric(stat["Metric"], stat.get("Stat", ""))
    return str(returned.get("Label") or returned.get("Expression") or returned["Id"]), Unit.NONE


def _metric(metric: dict[str, Any], statistic: str) -> tuple[str, str]:
    name = str(metric["MetricName"])
    dimensions = {it["name"]: it["value"] for it in metric.get("Dimensions") or ()}
    of = ", ".join(value for dimension, value in dimensions.items() if dimension != Dimension.ENVIRONMENT)
    of = f" of {of}" if of else ""
    if statistic.upper() in _SAMPLE_COUNT:
        return f"number of {name}{of}", Unit.COUNT
    percentile = f" {statistic}" if statistic and statistic.upper() not in _STATISTICS else ""
    return f"{name}{percentile}{of}", _unit(metric, name)


def _unit(metric: dict[str, Any], name: str) -> str:
    """That which the alarm asks for comes before what AWS's documentation says."""
    namespace = str(metric.get("Namespace"))
    asked = None if is_own(namespace) else metric.get("Unit")
    return str(asked or unit_of(namespace, name))


def _causes(composite: dict[str, Any]) -> str:
    names = [child["Arn"].split(":", 6)[6] for child in composite.get("TriggeringChildren") or () if "Arn" in child]
    return f"because of {', '.join(names)}" if names else ""
