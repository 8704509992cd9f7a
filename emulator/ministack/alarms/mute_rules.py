"""Alarm mute rules: while one is in force, the actions of the alarms it names are suppressed.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import cloudwatch

from emulator.cloudwatch.schedules import MuteWindows, windows_of
from emulator.ministack.alarms import clock
from emulator.ministack.alarms.clock import milliseconds

_rules = AccountRegionScopedDict()
MOST_TARGETS = 100


def put(request: Mapping[str, Any]) -> str:
    """Create or replace a rule; returns its ARN. ValueError says what CloudWatch would refuse."""
    windows = _windows(request["Rule"]["Schedule"])
    targets = (request.get("MuteTargets") or {}).get("AlarmNames", [])
    if len(targets) > MOST_TARGETS:
        raise ValueError(f"a mute rule targets at most {MOST_TARGETS} alarms, not {len(targets)}")
    dates = {name: _moment(request[name], windows.zone) for name in ("StartDate", "ExpireDate") if request.get(name)}
    record = {name: request[name] for name in ("Name", "Description", "Rule", "MuteTargets") if name in request}
    _rules[request["Name"]] = record | dates | {"LastUpdatedTimestamp": clock.now()}
    return arn(request["Name"])


def arn(name: str) -> str:
    return f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm-mute-rule:{name}"


def delete(name: str) -> None:
    """Also when there is none; what it alone suppressed runs at the next evaluation."""
    _rules.pop(name, None)


def names() -> list[str]:
    return sorted(_rules)


def described(name: str) -> dict[str, Any] | None:
    """A rule as `GetAlarmMuteRule` answers it, None when there is none."""
    rule = _rules.get(name)
    if rule is None:
        return None
    once = rule["Rule"]["Schedule"]["Expression"].startswith("at(")
    return {
        **rule,
        "AlarmMuteRuleArn": arn(name),
        "Status": _status(rule, clock.now()),
        "MuteType": "ONE_TIME" if once else "RECURRING",
    }


def muting(alarm: str, moment: datetime) -> dict[str, str] | None:
    """The rule that suppresses the actions of an alarm at `moment`, with its window, as events show it."""
    for name, rule in _rules.items():
        opening = _opening(rule, moment)
        if opening and alarm in (rule.get("MuteTargets") or {}).get("AlarmNames", ()):
            opened = opening.astimezone(UTC)
            return {
                "mutedByArn": arn(name),
                "muteWindowStart": milliseconds(opened),
                "muteWindowEnd": milliseconds(opened + _windows(rule["Rule"]["Schedule"]).duration),
            }
    return None


def _opening(rule: Mapping[str, Any], moment: datetime) -> datetime | None:
    if "StartDate" in rule and moment < rule["StartDate"]:
        return None
    if "ExpireDate" in rule and moment >= rule["ExpireDate"]:
        return None
    return _windows(rule["Rule"]["Schedule"]).opened(moment)


def _status(rule: Mapping[str, Any], moment: datetime) -> str:
    if _opening(rule, moment):
        return "ACTIVE"
    windows = _windows(rule["Rule"]["Schedule"])
    over = windows.once is not None and windows.once + windows.duration <= moment
    return "EXPIRED" if over or moment >= rule.get("ExpireDate", moment + timedelta(1)) else "SCHEDULED"


def _windows(schedule: Mapping[str, str]) -> MuteWindows:
    return windows_of(schedule["Expression"], schedule["Duration"], schedule.get("Timezone") or "UTC")


def _moment(value: Any, zone: tzinfo) -> datetime:
    """A date of a request; one without an offset is meant in the rule's time zone."""
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value} is not a date") from None
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
    epoch = cloudwatch._parse_ts(value)
    return datetime.fromtimestamp(float(epoch), UTC)
