"""A composite alarm's actions while its suppressor alarm is in ALARM, may still come to it, or has just left it.

Every change of the composite alarm while its suppressor is not in ALARM begins a new wait period and discards what was
running; what is performed after it is the action of the state that it has then, a recovery included that follows an
alarm of which nobody knows.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
"""

from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch

from emulator.ministack.alarms import clock

SETTINGS = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
settings = AccountRegionScopedDict()
"""Of the composite alarms, by their name."""
_left_alarm = AccountRegionScopedDict()
"""When an alarm went out of ALARM, by its name."""


def remember(alarm: dict[str, Any], before: str) -> None:
    if before == "ALARM" and alarm["StateValue"] != "ALARM":
        _left_alarm[alarm["AlarmName"]] = clock.epoch()


def reason(alarm: dict[str, Any]) -> tuple[str, str] | None:
    """What suppresses the actions of an alarm, and why in words; None when nothing does."""
    own = settings.get(alarm["AlarmName"], {})
    name = cloudwatch._rule_ref_name(own.get("ActionsSuppressor", ""))
    suppressor = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    found = _held_by(alarm, suppressor, own) if suppressor else None
    words = f"Actions suppressed by {name}: {found}" if found else ""
    if found:
        alarm |= {"ActionsSuppressedBy": found, "ActionsSuppressedReason": words}
    else:
        alarm.pop("ActionsSuppressedBy", None)
        alarm.pop("ActionsSuppressedReason", None)
    return (found, words) if found else None


def _held_by(alarm: dict[str, Any], suppressor: dict[str, Any], own: dict[str, Any]) -> str | None:
    now, entered = clock.epoch(), alarm["StateUpdatedTimestamp"]
    if suppressor["StateValue"] == "ALARM":
        return "Alarm"
    left = _left_alarm.get(suppressor["AlarmName"])
    if left is not None and left >= entered:
        return "ExtensionPeriod" if now < left + int(own["ActionsSuppressorExtensionPeriod"]) else None
    return "WaitPeriod" if now < entered + int(own["ActionsSuppressorWaitPeriod"]) else None
