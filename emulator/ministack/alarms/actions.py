"""Carrying out an alarm's actions, unless a mute rule or a suppressor alarm holds them back.

What was held back is carried out when nothing holds it back any more and the alarm is still in that state.
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
    """The state of which people know."""
    before: str
    """The state that the alarm came from last."""
    suppressed: bool
    """By another alarm: then the action follows, whatever people know; after a mute rule, when they do not know."""


_withheld = AccountRegionScopedDict()
"""What was held back, by the alarm."""

_told = AccountRegionScopedDict()
"""The state in the last event of each alarm."""


def register() -> None:
    cloudwatch._dispatch_alarm_actions = lambda alarm, before, _after, _reason: announce(alarm, before)


def announce(alarm: dict[str, Any], before: str) -> None:
    """The alarm came from state `before` into its present one: send the event, carry out the actions."""
    suppression.remember(alarm, before)
    mute = mute_rules.muting(alarm["AlarmName"], clock.now())
    held_back = suppression.reason(alarm)
    _send_event(alarm, before, held_back, mute)
    if mute or held_back:
        known = _withheld.get(alarm["AlarmName"], _Withheld(before, before, suppressed=False)).known
        _withheld[alarm["AlarmName"]] = _Withheld(known, before, suppressed=held_back is not None)
    else:
        _withheld.pop(alarm["AlarmName"], None)
        _carry_out(alarm, before)


def catch_up() -> None:
    """Carry out what was held back and no longer is."""
    for name, withheld in list(_withheld.items()):
        alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
        if alarm is None:
            _withheld.pop(name)
        elif not (mute_rules.muting(name, clock.now()) or suppression.reason(alarm)):
            _withheld.pop(name)
            if withheld.suppressed:
                _carry_out(alarm, withheld.before)
            elif alarm["StateValue"] != withheld.known:
                _carry_out(alarm, withheld.known)


def _carry_out(alarm: dict[str, Any], before: str) -> None:
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
    alarm: dict[str, Any], before: str, held_back: tuple[str, str] | None, mute: dict[str, str] | None
) -> None:
    named = ("actionsSuppressedBy", "actionsSuppressedReason")
    previous = _told.get(alarm["AlarmName"], {})
    if previous.get("value") != before:
        previous = {"value": before}
    _told[alarm["AlarmName"]] = events.state_of(alarm)
    detail = events.detail(alarm, previous, dict(zip(named, held_back, strict=True)) if held_back else {})
    if mute:
        detail["muteDetail"] = mute
    entry = {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Resources": [alarm["AlarmArn"]],
        "Detail": json.dumps(detail),
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
