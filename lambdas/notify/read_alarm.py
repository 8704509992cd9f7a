"""An alarm's message as CloudWatch publishes it, as a notice."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from lambdas.notify.measured import measured
from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.consoles import cloudwatch_in
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.notices import Change, Notice

# Ours send nothing when they lose their data; for others' alarms that do, OK ends it as if they had fired.
_CHANGES = {"ALARM": Change.RAISED, "INSUFFICIENT_DATA": Change.RAISED, "OK": Change.RECOVERED}


def is_alarm(document: dict[str, Any]) -> bool:
    return {"AlarmName", "NewStateValue", "StateChangeTime", "AlarmArn"} <= document.keys()


def notice_of(alarm: dict[str, Any], level: Level) -> Notice:
    """`level` is that of the topic; the rest is in the description: an `AlarmDescription`, or anybody's words.

    Raises KeyError for a state that CloudWatch does not have.
    """
    description = alarm.get("AlarmDescription") or ""
    described = AlarmDescription.from_text(description)
    known = described or AlarmDescription()
    return Notice(
        key=alarm["AlarmArn"],
        level=level,
        change=_CHANGES[alarm["NewStateValue"]],
        title=known.meaning.rstrip(".") or alarm["AlarmName"],
        meaning="" if described else description,
        at=datetime.fromisoformat(alarm["StateChangeTime"]),
        measured=measured(alarm),
        first_look=known.first_look,
        runbook=known.runbook,
        console=console_link(alarm["AlarmArn"]),
        owner=known.owner,
    )


def subject_channel(alarm: dict[str, Any]) -> str:
    """The channel that this alarm says has failed; empty for any other alarm."""
    trigger = alarm.get("Trigger") or {}
    if trigger.get("MetricName") != Metric.CHANNEL_FAILED:
        return ""
    dimensions = {it["name"]: it["value"] for it in trigger.get("Dimensions", ())}
    return str(dimensions.get(Dimension.CHANNEL, ""))


def console_link(arn: str) -> str:
    """The alarm in the CloudWatch console."""
    _, partition, _, region, _, _, name = arn.split(":", 6)
    return f"{cloudwatch_in(region, partition)}#alarmsV2:alarm/{quote(name, safe='')}"
