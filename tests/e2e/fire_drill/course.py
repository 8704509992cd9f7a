"""The fire drill of a deployed environment, in three waves.

1. Everything at its worst at once, but for the causes: alarms that suppress others.
2. What composite alarms are made of, so badly that they, and no graver alarm, are sent.
3. The same while its cause is there, too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from emulator.alarm_clock import AlarmClock
from emulator.stage import Stage
from tests.e2e.fire_drill.alarms import CompositeAlarm, MetricAlarm, alarms_of, templates_of
from tests.e2e.fire_drill.drill import DAY, Drill, Group, Phase, groups_of
from tests.e2e.fire_drill.feeds import LoggedFeed, Paper
from tests.e2e.fire_drill.find_feeds import Producers
from tests.e2e.fire_drill.lines import always, bad_minute, good_minute, quiet_log, refused_logins, worst_minute
from tests.producers import Deployment, emissions

BEGIN = 10  # o'clock: no mute rule of ours is in force then
BAND = (50.0, 150.0)  # a good five minutes have 100 requests

Listen = Callable[[], Any]
"""Returns what people received since the last call."""


@dataclass(frozen=True)
class Outcome:
    """What was not as it should be after a phase, and what people received in it."""

    faults: Sequence[str]
    received: Any
    states: dict[str, str]


def _tomorrow() -> datetime:
    """After what really happens now: people are not sent what is older than what they know."""
    return (datetime.now(UTC) + DAY).replace(hour=BEGIN, minute=0, second=0, microsecond=0)


@dataclass
class Course:
    stage: Stage
    begin: datetime = field(default_factory=_tomorrow)
    """Of the next wave."""

    @cached_property
    def clock(self) -> AlarmClock:
        return AlarmClock(self.stage.account)

    @cached_property
    def alarms(self) -> list[MetricAlarm]:
        return alarms_of(self.stage.client("cloudwatch"))[0]

    @cached_property
    def composites(self) -> list[CompositeAlarm]:
        return alarms_of(self.stage.client("cloudwatch"))[1]

    @property
    def names_of_composites(self) -> set[str]:
        return {alarm.name for alarm in self.composites}

    @cached_property
    def causes(self) -> frozenset[str]:
        return frozenset(alarm.suppressor for alarm in self.composites if alarm.suppressor)

    @cached_property
    def groups(self) -> tuple[list[Group], list[str]]:
        return groups_of(self.alarms, self._producers(worst_minute))

    def prepare(self) -> None:
        self.clock.pause()
        for alarm in self.alarms:
            if alarm.has_band:
                self.clock.set_band(alarm.name, *BAND)

    def all_at_once(self, listen: Listen) -> dict[Phase, Outcome]:
        return self._run(Drill(self.groups[0], self.begin, self.causes), listen)

    def of_composites(self, listen: Listen) -> dict[Phase, Outcome]:
        return self._run(Drill(self._groups_of_parts(), self.begin), listen)

    def with_their_causes(self, listen: Listen) -> dict[Phase, Outcome]:
        causes = [alarm for alarm in self.alarms if alarm.name in self.causes]
        groups, _ = groups_of(causes, self._producers(bad_minute))
        return self._run(Drill([*self._groups_of_parts(), *groups], self.begin), listen)

    def _groups_of_parts(self) -> list[Group]:
        parts = {name for composite in self.composites for name in composite.parts}
        return groups_of([alarm for alarm in self.alarms if alarm.name in parts], self._producers(bad_minute))[0]

    def _run(self, drill: Drill, listen: Listen) -> dict[Phase, Outcome]:
        drill.write(Paper(self.stage.client))
        outcomes = {}
        for phase in Phase:
            faults = drill.run(phase, self.clock)
            # What composite alarms held back for a time is due by the end of the phase.
            states = self.clock.evaluate(drill.begin(phase) + drill.length, [])
            outcomes[phase] = Outcome(faults, listen(), {name: found.after for name, found in states.items()})
        self.begin = drill.end
        return outcomes

    def _producers(self, trouble: Callable[[str], list[str]]) -> Producers:
        environment = self.stage.environment
        api = environment.backend_log_group
        database = f"/aws/rds/instance/{self.stage.function('database')}/postgresql"
        logs = {
            api: LoggedFeed(api, always(good_minute(environment.name)), always(trouble(environment.name))),
            database: LoggedFeed(database, quiet_log, refused_logins),
        }
        emitted = emissions(Deployment.of(environment, templates_of(self.stage).values()))
        return Producers(self.stage.client, environment, emitted, logs, self.alarms)
