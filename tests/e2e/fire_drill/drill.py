"""Alarms are fed good data, the worst that their producers emit, good data again, and nothing.

All alarms go through a phase together; then the messages to people are checked.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from emulator.alarm_clock import AlarmClock
from tests.e2e.fire_drill.alarms import MetricAlarm
from tests.e2e.fire_drill.feeds import Feed, Paper
from tests.e2e.fire_drill.find_feeds import NobodyEmitsError, Producers

DAY = timedelta(days=1)
INSIDE = timedelta(seconds=30)
"""Data lies inside its period, not on its edge."""


class Phase(Enum):
    WELL = "when all is well"
    WORST = "at its worst"
    WELL_AGAIN = "when all is well again"
    SILENT = "in silence"


@dataclass(frozen=True)
class Look:
    """A moment at which an alarm is looked at, and the state that it must be in then."""

    at: datetime
    alarm: MetricAlarm
    when: str
    state: str


@dataclass(frozen=True)
class Group:
    """Alarms that share a producer, and so a course of events."""

    alarms: Sequence[MetricAlarm]
    feeds: Sequence[Feed]

    @property
    def length(self) -> timedelta:
        """Of a phase: longer than any of the alarms looks back."""
        return max(alarm.reach for alarm in self.alarms) + max(alarm.period for alarm in self.alarms)


@dataclass(frozen=True)
class Drill:
    """`groups` go through all phases from `start` on; of alarms in `spared` all is well throughout."""

    groups: Sequence[Group]
    start: datetime
    spared: frozenset[str] = frozenset()

    @property
    def length(self) -> timedelta:
        """Of a phase: whole days, so that each begins at the same time of day."""
        return -(max(group.length for group in self.groups) // -DAY) * DAY

    @property
    def end(self) -> datetime:
        return self.start + len(Phase) * self.length

    def begin(self, phase: Phase) -> datetime:
        return self.start + list(Phase).index(phase) * self.length

    def write(self, paper: Paper) -> None:
        for group in self.groups:
            spared = all(alarm.name in self.spared for alarm in group.alarms)
            # What was before the trouble lies directly before it, however short the group's own phase is.
            before = self.begin(Phase.WORST) - group.length
            _write(paper, group, before, worst=False)
            _write(paper, group, self.begin(Phase.WORST), worst=not spared)
            _write(paper, group, self.begin(Phase.WELL_AGAIN), worst=False)
        paper.write()

    def run(self, phase: Phase, clock: AlarmClock) -> list[str]:
        """Take every alarm through a phase; returns a line for each that is not in the state that it should be in."""
        by_moment: dict[datetime, list[Look]] = defaultdict(list)
        for look in self._looks(phase):
            by_moment[look.at].append(look)
        faults = []
        for moment in sorted(by_moment):
            states = clock.evaluate(moment, [look.alarm.name for look in by_moment[moment]])
            for look in by_moment[moment]:
                found = states[look.alarm.name]
                if found.after != look.state:
                    faults.append(f"{look.alarm.name} is {found.after} {look.when}: {found.reason}")
        return faults

    def _looks(self, phase: Phase) -> Iterator[Look]:
        begun = self.begin(phase)
        for group in self.groups:
            for alarm in group.alarms:
                if alarm.name in self.spared and phase is not Phase.WELL:
                    continue
                match phase:
                    case Phase.WELL:
                        yield Look(self.begin(Phase.WORST), alarm, phase.value, "OK")
                    case Phase.WORST if alarm.alarms_on_silence:
                        continue
                    case Phase.WORST:
                        if alarm.breaches > 1:
                            early = begun + (alarm.breaches - 1) * alarm.period
                            yield Look(early, alarm, "one period before its time", "OK")
                        yield Look(begun + alarm.breaches * alarm.period, alarm, phase.value, "ALARM")
                    case Phase.WELL_AGAIN:
                        yield Look(begun + alarm.reach, alarm, phase.value, "OK")
                    case Phase.SILENT:
                        yield Look(begun + alarm.reach, alarm, phase.value, alarm.in_silence)


def _write(paper: Paper, group: Group, begun: datetime, *, worst: bool) -> None:
    cadence = min(alarm.period for alarm in group.alarms)
    for number in range(int(group.length / cadence)):
        at = begun + number * cadence + min(INSIDE, cadence / 2)
        for feed in group.feeds:
            (feed.worst if worst else feed.good)(paper, at)


def groups_of(alarms: Iterable[MetricAlarm], producers: Producers) -> tuple[list[Group], list[str]]:
    """The alarms by what feeds them, and one line for each that nobody feeds."""
    groups: list[Group] = []
    faults: list[str] = []
    for alarm in alarms:
        try:
            feeds = producers.feeds_of(alarm)
        except NobodyEmitsError as error:
            faults.append(f"{alarm.name}: {error}")
            continue
        related = [group for group in groups if any(feed in group.feeds for feed in feeds)]
        groups = [group for group in groups if group not in related]
        shared = [feed for group in related for feed in group.feeds]
        further = [feed for number, feed in enumerate(feeds) if feed not in shared and feed not in feeds[:number]]
        groups.append(Group([*(one for group in related for one in group.alarms), alarm], [*shared, *further]))
    return groups, faults
