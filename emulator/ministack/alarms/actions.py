"""Runs an alarm's actions, unless a mute rule or a suppressor alarm suppresses them.

Suppressed actions run when nothing suppresses them any more and the alarm is still in that state.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules-behaviour.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
"""

import json
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, new_uuid
from ministack.services import cloudwatch, eventbridge, sns

from emulator.ministack.alarms import clock, events, messages, mute_rules, suppression

_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


@dataclass(frozen=True)
class _Withheld:
    known: str
    """The state in the last message."""
    before: str
    """The state that the alarm came from last."""
    suppressed: bool
    """By another alarm: then the action always follows; after a mute rule, only when the state differs from `known`."""


_withheld = AccountRegionScopedDict()
"""The suppressed actions, by the alarm."""

_last_events = AccountRegionScopedDict()
"""The state in the last event of each alarm."""


def register() -> None:
    cloudwatch._dispatch_alarm_actions = lambda alarm, before, _after, _reason: announce(alarm, before)


def announce(alarm: dict[str, Any], before: str) -> None:
    """The alarm came from state `before` into its present one: send the event, run the actions."""
    suppression.remember(alarm, before)
    mute = mute_rules.muting(alarm["AlarmName"], clock.now())
    suppressed_by = suppression.reason(alarm)
    _send_event(alarm, before, suppressed_by, mute)
    if mute or suppressed_by:
        known = _withheld.get(alarm["AlarmName"], _Withheld(before, before, suppressed=False)).known
        _withheld[alarm["AlarmName"]] = _Withheld(known, before, suppressed=suppressed_by is not None)
    else:
        _withheld.pop(alarm["AlarmName"], None)
        _run_actions(alarm, before)


def catch_up() -> None:
    """Run what was suppressed and no longer is."""
    for name, withheld in list(_withheld.items()):
        alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
        if alarm is None:
            _withheld.pop(name)
        elif not (mute_rules.muting(name, clock.now()) or suppression.reason(alarm)):
            _withheld.pop(name)
            if withheld.suppressed:
                _run_actions(alarm, withheld.before)
            elif alarm["StateValue"] != withheld.known:
                _run_actions(alarm, withheld.known)


def _run_actions(alarm: dict[str, Any], before: str) -> None:
    if not alarm.get("ActionsEnabled", True):
        return
    text = json.dumps(messages.message(alarm, before))
    for action in alarm.get(_ACTIONS[alarm["StateValue"]]) or ():
        if cloudwatch._is_sns_action_arn(action):
            sns._fanout(action, new_uuid(), text, messages.subject(alarm))
            _record(alarm, action, text)


def _record(alarm: dict[str, Any], action: str, text: str) -> None:
    cloudwatch._history_entries().append(
        {
            "AlarmName": alarm["AlarmName"],
            "AlarmType": "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm",
            "Timestamp": cloudwatch._ts_iso(clock.epoch()),
            "HistoryItemType": "Action",
            "HistorySummary": f"Successfully executed action {action}",
            "HistoryData": json.dumps(
                {"actionState": "Succeeded", "notificationResource": action, "publishedMessage": {"default": text}}
            ),
        }
    )


def _send_event(
    alarm: dict[str, Any], before: str, suppressed_by: tuple[str, str] | None, mute: dict[str, str] | None
) -> None:
    named = ("actionsSuppressedBy", "actionsSuppressedReason")
    previous = _last_events.get(alarm["AlarmName"], {})
    if previous.get("value") != before:
        previous = {"value": before}
    _last_events[alarm["AlarmName"]] = events.state_of(alarm)
    detail = events.detail(alarm, previous, dict(zip(named, suppressed_by, strict=True)) if suppressed_by else {})
    if mute:
        detail["muteDetail"] = mute
    entry = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Resources": [alarm["AlarmArn"]],
        "Detail": json.dumps(detail),
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
