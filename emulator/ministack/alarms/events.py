"""The event that EventBridge gets when an alarm changes state.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

from collections.abc import Mapping
from typing import Any

from emulator.ministack.alarms.messages import Alarm, written
from emulator.ministack.alarms.suppression import SETTINGS


def state_of(alarm: Alarm) -> dict[str, Any]:
    """The alarm's present state as events show it."""
    state = {
        "value": alarm["StateValue"],
        "reason": alarm["StateReason"],
        "timestamp": written(alarm["StateUpdatedTimestamp"]),
    }
    if data := alarm.get("StateReasonData"):
        state["reasonData"] = data
    return state


def detail(alarm: Alarm, previous: Mapping[str, Any], withheld: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of the event; `withheld` is added to its state when the actions did not run."""
    return {
        "alarmName": alarm["AlarmName"],
        "state": {**state_of(alarm), **withheld},
        "previousState": previous,
        "configuration": _configuration(alarm),
    }


def _configuration(alarm: Alarm) -> dict[str, Any]:
    described = {"description": alarm["AlarmDescription"]} if alarm.get("AlarmDescription") else {}
    if "AlarmRule" in alarm:
        suppression = {name[0].lower() + name[1:]: alarm[name] for name in SETTINGS if name in alarm}
        return described | {"alarmRule": alarm["AlarmRule"]} | suppression
    queries = alarm.get("Metrics") or [{"Id": "metric", "MetricStat": _stat(alarm)}]
    return described | {"metrics": [_event_query(query) for query in queries]}


def _stat(alarm: Alarm) -> dict[str, Any]:
    return {"Metric": alarm, "Period": alarm["Period"], "Stat": alarm.get("ExtendedStatistic") or alarm["Statistic"]}


def _event_query(query: Alarm) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": query["Id"], "returnData": query.get("ReturnData", True)}
    shown |= {name.lower(): query[name] for name in ("Expression", "Label") if name in query}
    if stat := query.get("MetricStat"):
        metric = stat["Metric"]
        dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions") or ()}
        named = {"namespace": metric["Namespace"], "name": metric["MetricName"], "dimensions": dimensions}
        shown["metricStat"] = {"metric": named, "period": stat["Period"], "stat": stat["Stat"]}
    return shown
