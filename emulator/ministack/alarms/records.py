"""What an alarm is made of: everything that was put is kept, and what CloudWatch refuses is refused.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

import json
from http import HTTPStatus
from typing import Any

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from emulator.ministack.alarms import constraints, suppression

_put_metric_alarm = cloudwatch._put_metric_alarm
_put_composite_alarm = cloudwatch._put_composite_alarm
_delete_alarms = cloudwatch._delete_alarms

_OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions", "Unit")
_KEPT = ("Metrics", "ThresholdMetricId", "EvaluateLowSampleCountPercentile")


def register() -> None:
    cloudwatch._put_metric_alarm = put_metric_alarm
    cloudwatch._put_composite_alarm = put_composite_alarm
    cloudwatch._evaluate_alarm = lambda _alarm: None
    cloudwatch._evaluate_all_alarms = lambda: None
    provisioners._cw_metric_alarm_put = provision


def put_metric_alarm(params: Any, request: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Any:
    if not (is_cbor or is_json):
        return _put_metric_alarm(params, request, is_cbor, is_json)
    if refusal := constraints.refusal_of_metric_alarm(request):
        return cloudwatch._error("ValidationError", refusal, 400, use_json=is_json, use_cbor=is_cbor)
    answer = _put_metric_alarm(params, request, is_cbor, is_json)
    if answer[0] == HTTPStatus.OK:
        _complete(cloudwatch._alarms[request["AlarmName"]], request)
    return answer


def _complete(alarm: dict[str, Any], request: dict[str, Any]) -> None:
    """Keep what MiniStack drops, drop what it makes up."""
    alarm |= {name: request[name] for name in _KEPT if request.get(name)}
    if request.get("Threshold") is None:
        del alarm["Threshold"]
    if request.get("Metrics"):
        for name in _OF_ONE_METRIC:
            del alarm[name]
    elif request.get("ExtendedStatistic"):
        del alarm["Statistic"]


def put_composite_alarm(params: Any, request: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Any:
    if not (is_cbor or is_json):
        return _put_composite_alarm(params, request, is_cbor, is_json)
    if refusal := constraints.refusal_of_composite_alarm(request):
        return cloudwatch._error("ValidationError", refusal, 400, use_json=is_json, use_cbor=is_cbor)
    name = request["AlarmName"]
    before = suppression.settings.get(name, {})
    # Known before the alarm is made: it is evaluated at once.
    suppression.settings[name] = {it: request[it] for it in suppression.SETTINGS if request.get(it) is not None}
    answer = _put_composite_alarm(params, request, is_cbor, is_json)
    if answer[0] == HTTPStatus.OK:
        cloudwatch._composite_alarms[name] |= suppression.settings[name]
    else:
        suppression.settings[name] = before
    return answer


def provision(name: str, properties: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """AWS::CloudWatch::Alarm, created or updated."""
    request = {**properties, "AlarmName": name}
    tags = request.pop("Tags", None) or []
    status, _headers, body = put_metric_alarm({}, request, is_cbor=False, is_json=True)
    if status != HTTPStatus.OK:
        raise ValueError(json.loads(body)["message"])
    cloudwatch.cloudformation_set_metric_alarm_tags(name, tags)
    return name, {"Arn": cloudwatch._alarms[name]["AlarmArn"]}
