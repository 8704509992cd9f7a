"""EventBridge Scheduler: due schedules fire within a second, and context attributes in the input are filled in.

A story that says itself when functions run pauses them all.

Attributes: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
"""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import eventbridge, scheduler

from emulator.ministack import control

TICK_SECONDS = 1
_MINUTE = timedelta(minutes=1)

_invoke = eventbridge._invoke_target
_fire_due = scheduler._tick_schedules
_paused = threading.Event()


def register() -> None:
    scheduler._SCHEDULE_TICK_INTERVAL = TICK_SECONDS
    scheduler._tick_schedules = fire_due
    eventbridge._invoke_target = invoke
    control.PATHS[f"{control.PREFIX}pause-schedules"] = pause


def pause(_request: dict[str, Any]) -> dict[str, Any]:
    """From now on no schedule fires; there is no way back."""
    _paused.set()
    return {}


def fire_due() -> None:
    if not _paused.is_set():
        _fire_due()


def invoke(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
    if event.get("Source") == "aws.scheduler" and "Input" in target:
        target = {**target, "Input": _filled_in(target["Input"], event, rule)}
    _invoke(target, event, rule, view)


def _filled_in(text: str, event: dict[str, Any], schedule: dict[str, Any]) -> str:
    attributes = {
        "scheduled-time": f"{scheduled_time(schedule['ScheduleExpression'], event['Time']):%Y-%m-%dT%H:%M:%SZ}",
        "schedule-arn": schedule["Arn"],
        "execution-id": new_uuid(),
        "attempt-number": "1",
    }
    for name, value in attributes.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def scheduled_time(expression: str, fired: float) -> datetime:
    """When the schedule that fired at `fired` was due."""
    now = datetime.fromtimestamp(fired, tz=UTC)
    if (moment := scheduler._at_time_epoch(expression)) is not None:
        return datetime.fromtimestamp(moment, tz=UTC)
    fields = eventbridge._parse_cron_fields(expression)
    due = fields and eventbridge._cron_next_fire(fields, now.replace(second=0, microsecond=0) - _MINUTE)
    return due if due and due <= now else now
