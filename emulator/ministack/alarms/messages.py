"""The message that an SNS topic gets when an alarm changes state.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from ministack.core.responses import get_account_id, get_region

from emulator.cloudwatch.alarms import period_of
from emulator.ministack.alarms.clock import milliseconds

Alarm = Mapping[str, Any]
_STATISTICS = {
    "Average": "AVERAGE",
    "Sum": "SUM",
    "Minimum": "MINIMUM",
    "Maximum": "MAXIMUM",
    "SampleCount": "SAMPLE_COUNT",
}


@cache
def region_name(region: str) -> str:
    """`US East (N. Virginia)` for `us-east-1`."""
    (partition, *_) = botocore.session.get_session().get_data("endpoints")["partitions"]
    name: str = partition["regions"][region]["description"]
    return name


def subject(alarm: Alarm) -> str:
    return f'{alarm["StateValue"]}: "{alarm["AlarmName"]}" in {region_name(get_region())}'[:100]


def message(alarm: Alarm, before: str) -> dict[str, Any]:
    """The JSON document that an SNS topic receives."""
    common = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription") or None,
        "AWSAccountId": get_account_id(),
        "AlarmConfigurationUpdatedTimestamp": written(alarm["AlarmConfigurationUpdatedTimestamp"]),
        "NewStateValue": alarm["StateValue"],
        "NewStateReason": alarm["StateReason"],
        "StateChangeTime": written(alarm["StateUpdatedTimestamp"]),
        "Region": region_name(get_region()),
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": before,
        "OKActions": alarm.get("OKActions", []),
        "AlarmActions": alarm.get("AlarmActions", []),
        "InsufficientDataActions": alarm.get("InsufficientDataActions", []),
    }
    if "AlarmRule" in alarm:
        del common["AlarmConfigurationUpdatedTimestamp"]
        return common | {"AlarmRule": alarm["AlarmRule"], "TriggeringChildren": _children(alarm)}
    return common | {"Trigger": _metric(alarm) | _condition(alarm)}


def _children(alarm: Alarm) -> list[dict[str, Any]]:
    causes = json.loads(alarm.get("StateReasonData") or "{}").get("triggeringAlarms", ())
    return [
        {"Arn": each["arn"], "State": {"Value": each["state"]["value"], "Timestamp": each["state"]["timestamp"]}}
        for each in causes
    ]


def _condition(alarm: Alarm) -> dict[str, Any]:
    threshold = {name: alarm[name] for name in ("Threshold", "ThresholdMetricId") if alarm.get(name) is not None}
    return {
        "EvaluationPeriods": alarm["EvaluationPeriods"],
        "DatapointsToAlarm": alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"],
        "ComparisonOperator": alarm["ComparisonOperator"],
        **threshold,
        "TreatMissingData": alarm.get("TreatMissingData") or "missing",
        "EvaluateLowSampleCountPercentile": alarm.get("EvaluateLowSampleCountPercentile") or "",
    }


def _metric(alarm: Alarm) -> dict[str, Any]:
    if alarm.get("Metrics"):
        return {"Period": period_of(alarm), "Metrics": [_query(query) for query in alarm["Metrics"]]}
    extended = alarm.get("ExtendedStatistic")
    statistic = (
        {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": extended}
        if extended
        else {
            "StatisticType": "Statistic",
            "Statistic": _STATISTICS[alarm["Statistic"]],
        }
    )
    return {
        "MetricName": alarm["MetricName"],
        "Namespace": alarm["Namespace"],
        **statistic,
        "Unit": alarm.get("Unit"),
        "Dimensions": _dimensions(alarm),
        "Period": alarm["Period"],
    }


def _query(query: Alarm) -> dict[str, Any]:
    shown = {name: query[name] for name in ("Expression", "Id", "Label") if name in query}
    if stat := query.get("MetricStat"):
        metric = stat["Metric"] | {"Dimensions": _dimensions(stat["Metric"])}
        shown["MetricStat"] = {**stat, "Metric": metric}
    return shown | {"ReturnData": query.get("ReturnData", True)}


def _dimensions(metric: Alarm) -> list[dict[str, str]]:
    return [{"value": each["Value"], "name": each["Name"]} for each in metric.get("Dimensions") or ()]


def written(epoch: float) -> str:
    """An epoch second as CloudWatch writes it."""
    return milliseconds(datetime.fromtimestamp(epoch, UTC))
