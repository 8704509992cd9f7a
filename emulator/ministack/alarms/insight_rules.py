"""Contributor Insights rules, and what they say about the lines in the account's log groups."""

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import cloudwatch_logs

from emulator.cloudwatch.insight_rules import InsightRule, read
from emulator.cloudwatch.window import Window

_rules = AccountRegionScopedDict()
_stated = AccountRegionScopedDict()
"""Points that a drill states itself, by rule and metric."""


def put(request: Mapping[str, Any]) -> dict[str, Any]:
    """Create or replace a rule; ValueError says what CloudWatch would refuse."""
    read(request["RuleDefinition"])
    state = request.get("RuleState") or "ENABLED"
    _rules[request["RuleName"]] = {"Definition": request["RuleDefinition"], "State": state}
    return {}


def delete(request: Mapping[str, Any]) -> dict[str, Any]:
    for name in request["RuleNames"]:
        _rules.pop(name, None)
    return {"Failures": []}


def describe(_request: Mapping[str, Any]) -> dict[str, Any]:
    schema = '{"Name": "CloudWatchLogRule", "Version": 1}'
    return {"InsightRules": [{"Name": name, "Schema": schema, **rule} for name, rule in sorted(_rules.items())]}


def exists(name: str) -> bool:
    return name in _rules


def arn(name: str) -> str:
    return f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:insight-rule/{name}"


def state(rule: str, metric: str, minute: int, value: float) -> None:
    """A minute's value that counts instead of what the log says."""
    _stated.setdefault((rule, metric), {})[minute] = value


def points(name: str, metric: str, window: Window) -> Mapping[int, float]:
    """A rule's metric in the periods that have some; of a rule that is disabled or not there, none."""
    stated = {
        window.start_of(minute): value
        for minute, value in _stated.get((name, metric), {}).items()
        if window.starts[0] <= minute < window.end
    }
    rule = _rules.get(name)
    if rule is None or rule["State"] != "ENABLED":
        return stated
    reading = read(rule["Definition"])
    return {**reading.points(metric, window, _lines(reading)), **stated}


def _lines(rule: InsightRule) -> Iterator[tuple[float, str]]:
    for name, group in cloudwatch_logs._log_groups.items():
        if rule.reads(name):
            for stream in list(group["streams"].values()):
                for event in list(stream["events"]):
                    yield event["timestamp"] / 1000, event["message"]
