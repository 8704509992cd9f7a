"""Deployed alarms that the demo evaluates, and how their states change."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from demo.console import Console
from emulator.alarm_clock import AlarmClock
from emulator.stage import Stage
from lambdas.shared.clock import now
from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level


@dataclass(frozen=True)
class AlarmChange:
    """An alarm went into another state."""

    alarm: str
    title: str
    """What its messages call it."""
    level: Level
    state: str
    due: datetime
    """The time for which it was evaluated."""
    at: datetime
    """When that was really done."""

    @property
    def names(self) -> tuple[str, str]:
        """A message about it has at least one of these."""
        return self.alarm, self.title


@dataclass
class Alarms:
    """The metric alarms whose names begin with the environment's prefix and `subject`."""

    stage: Stage
    subject: str
    changes: list[AlarmChange] = field(default_factory=list)
    """Oldest first."""

    def evaluate(self, due: datetime) -> list[AlarmChange]:
        """Evaluate them as CloudWatch would at that moment; returns the changes."""
        at = now()
        found = AlarmClock(self.stage.account).evaluate(due, self._described)
        changes = [
            AlarmChange(name, described.meaning.rstrip("."), described.level, it.after, due, at)
            for name, it in found.items()
            if it.changed and (described := self._described.get(name)) and described.level
        ]
        self.changes += changes
        return changes

    @cached_property
    def _described(self) -> dict[str, AlarmDescription | None]:
        prefix = self.stage.function(self.subject)
        pages = self.stage.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix)
        return {
            alarm["AlarmName"]: AlarmDescription.from_text(alarm["AlarmDescription"])
            for page in pages
            for alarm in page["MetricAlarms"]
        }


def show_silence_alarms(stage: Stage, console: Console) -> None:
    """Evaluate all alarms before anything has run; from here on the demo decides when alarms are evaluated."""
    clock = AlarmClock(stage.account)
    clock.pause()
    found = clock.evaluate()
    firing = sorted(name.removeprefix(stage.function("")) for name, state in found.items() if state.after == "ALARM")
    console.claim(
        f"of {len(found)} alarms, those on backups and probes are in alarm at once: missing data is not health",
        holds={"recovery-backup-age", "recovery-verified-backup-age", "prober-silent"} <= set(firing),
        evidence=", ".join(firing),
    )
