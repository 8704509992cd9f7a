"""The environment's alarms as CloudWatch has them now, with what stands in their descriptions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import Named, physical_name

_KINDS = ("CompositeAlarm", "MetricAlarm", "LogAlarm")


@dataclass(frozen=True)
class Alarm:
    name: str
    state: str
    since: datetime
    level: Level
    runbook: str
    """A link."""
    page: str
    """The runbook's name."""
    meaning: str
    delivers: bool
    """False for one that is only a part of another."""


def worst_first(alarms: Iterable[Alarm]) -> list[Alarm]:
    """And among those of a level, the longest in its state."""
    levels = list(Level)
    return sorted(alarms, key=lambda alarm: (levels.index(alarm.level), alarm.since))


def alarms_of(cloudwatch: Any, environment: Named, state: str | None = None) -> Iterator[Alarm]:
    """Those of `environment`, or only those in `state`; an alarm of the same prefix that is not ours is left out."""
    wanted = {"StateValue": state} if state else {}
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=physical_name(environment, ""), AlarmTypes=_KINDS, **wanted
    )
    for page in pages:
        for kind in _KINDS:
            yield from filter(None, map(_alarm, page.get(f"{kind}s", ())))


def _alarm(found: Mapping[str, Any]) -> Alarm | None:
    described = AlarmDescription.from_text(found.get("AlarmDescription", ""))
    if described is None or described.level is None:
        return None
    return Alarm(
        name=found["AlarmName"],
        state=found["StateValue"],
        since=found.get("StateTransitionedTimestamp") or found["StateUpdatedTimestamp"],
        level=described.level,
        runbook=described.runbook,
        page=described.page,
        meaning=described.meaning,
        delivers=bool(found.get("AlarmActions")),
    )
