"""Operations of CloudWatch's API that MiniStack lacks, in the JSON protocol that boto3 speaks."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from ministack import app
from ministack.services import cloudwatch

from emulator.ministack.alarms import actions, anomaly_detectors, insight_rules, mute_rules

Request = Mapping[str, Any]


class NotFoundError(LookupError):
    """There is no such resource."""


def register() -> None:
    """Answer these operations before MiniStack does."""
    serve = app.SERVICE_HANDLERS["monitoring"]

    async def answer(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        name = (headers.get("x-amz-target", "") or path).replace("/", ".").rpartition(".")[2]
        operation = OPERATIONS.get(name)
        if operation is None:
            return await serve(method, path, headers, body, query)
        return _answer(operation, json.loads(body or b"{}"))

    app.SERVICE_HANDLERS["monitoring"] = answer


def _answer(operation: Callable[[Request], dict[str, Any]], request: Request) -> Any:
    try:
        document = operation(request)
    except NotFoundError as error:
        return cloudwatch._error("ResourceNotFoundException", str(error), HTTPStatus.NOT_FOUND, use_json=True)
    except ValueError as error:
        return cloudwatch._error("ValidationError", str(error), HTTPStatus.BAD_REQUEST, use_json=True)
    body = json.dumps(document, default=lambda moment: int(moment.timestamp()))
    return HTTPStatus.OK, {"Content-Type": "application/json"}, body.encode()


def _put(request: Request) -> dict[str, Any]:
    mute_rules.put(request)
    actions.catch_up()
    return {}


def _get(request: Request) -> dict[str, Any]:
    name = request["AlarmMuteRuleName"]
    rule = mute_rules.described(name)
    if rule is None:
        raise NotFoundError(f"The alarm mute rule {name} does not exist")
    return rule


def _delete(request: Request) -> dict[str, Any]:
    mute_rules.delete(request["AlarmMuteRuleName"])
    actions.catch_up()
    return {}


_SUMMARY = ("AlarmMuteRuleArn", "ExpireDate", "Status", "MuteType", "LastUpdatedTimestamp")


def _list(request: Request) -> dict[str, Any]:
    rules = [rule for name in mute_rules.names() if (rule := mute_rules.described(name))]
    if alarm := request.get("AlarmName"):
        rules = [rule for rule in rules if alarm in (rule.get("MuteTargets") or {}).get("AlarmNames", ())]
    if statuses := request.get("Statuses"):
        rules = [rule for rule in rules if rule["Status"] in statuses]
    start = int(request.get("NextToken") or 0)
    end = start + int(request.get("MaxRecords") or 50)
    summaries = [{name: rule[name] for name in _SUMMARY if name in rule} for rule in rules[start:end]]
    return {"AlarmMuteRuleSummaries": summaries} | ({"NextToken": str(end)} if end < len(rules) else {})


OPERATIONS: dict[str, Callable[[Request], dict[str, Any]]] = {
    "PutAlarmMuteRule": _put,
    "GetAlarmMuteRule": _get,
    "DeleteAlarmMuteRule": _delete,
    "ListAlarmMuteRules": _list,
    "PutInsightRule": insight_rules.put,
    "DeleteInsightRules": insight_rules.delete,
    "DescribeInsightRules": insight_rules.describe,
    "PutAnomalyDetector": anomaly_detectors.put,
    "DeleteAnomalyDetector": anomaly_detectors.delete,
    "DescribeAnomalyDetectors": anomaly_detectors.describe,
}
