"""The environment's alarms as CloudWatch has them now, with what stands in their descriptions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    """A link; its last part is the page's name."""
    meaning: str
    delivers: bool
    """False for one that is only a part of another."""

    @property
    def page(self) -> str:
        return self.runbook.rpartition("/")[2].removesuffix(".md")


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
    lines = dict(line.partition(": ")[::2] for line in found.get("AlarmDescription", "").splitlines())
    if lines.get("Level") not in set(Level):
        return None
    return Alarm(
        name=found["AlarmName"],
        state=found["StateValue"],
        since=found.get("StateTransitionedTimestamp") or found["StateUpdatedTimestamp"],
        level=Level(lines["Level"]),
        runbook=lines.get("Runbook", ""),
        meaning=lines.get("Meaning", ""),
        delivers=bool(found.get("AlarmActions")),
    )
