"""Every alarm is fed good data, the worst that its producer emits, good data again, and nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from embedded.alarm_clock import AlarmClock
from tests.e2e.fire_drill.alarms import MetricAlarm
from tests.e2e.fire_drill.feeds import Feed, Paper
from tests.e2e.fire_drill.find_feeds import NobodyEmitsError, Producers

INSIDE = timedelta(seconds=30)
"""Data lies inside its period, not on its edge."""


@dataclass(frozen=True)
class Look:
    """A moment at which the state of an alarm is looked at."""

    at: datetime
    alarm: MetricAlarm
    phase: str
    may_be: frozenset[str]


@dataclass
class Group:
    """Alarms that share a producer, and so a course of events."""

    alarms: list[MetricAlarm]
    feeds: list[Feed]
    length: timedelta = field(init=False)
    """Of each phase: longer than any of the alarms looks back."""

    def __post_init__(self) -> None:
        self.length = max(alarm.reach for alarm in self.alarms) + max(alarm.period for alarm in self.alarms)

    def feed(self, paper: Paper, start: datetime, *, harmed: bool) -> None:
        cadence = min(alarm.period for alarm in self.alarms)
        for phase, worst in enumerate((False, harmed, False)):
            began = start + phase * self.length
            for number in range(int(self.length / cadence)):
                at = began + number * cadence + min(INSIDE, cadence / 2)
                for feed in self.feeds:
                    (feed.worst if worst else feed.good)(paper, at)

    def looks(self, start: datetime) -> Iterator[Look]:
        trouble, over, silence = (start + number * self.length for number in (1, 2, 3))
        for alarm in self.alarms:
            yield Look(trouble, alarm, "when all is well", frozenset({"OK"}))
            if alarm.breaches > 1:
                early = trouble + (alarm.breaches - 1) * alarm.period
                yield Look(early, alarm, "one bad period before its time", frozenset({"OK"}))
            yield Look(trouble + alarm.breaches * alarm.period, alarm, "at its worst", frozenset({"ALARM"}))
            yield Look(over + alarm.reach, alarm, "when all is well again", frozenset({"OK"}))
            yield Look(silence + alarm.reach, alarm, "in silence", frozenset({alarm.in_silence}))


def groups_of(alarms: Iterable[MetricAlarm], producers: Producers) -> tuple[list[Group], list[str]]:
    """The alarms by what feeds them, and one line for each that nobody feeds."""
    groups: list[Group] = []
    faults: list[str] = []
    for alarm in alarms:
        try:
            feeds = list(dict.fromkeys(producers.feed_of(watched) for watched in alarm.metrics))
        except NobodyEmitsError as error:
            faults.append(f"{alarm.name}: {error}")
            continue
        related = [group for group in groups if set(group.feeds) & set(feeds)]
        groups = [group for group in groups if group not in related]
        merged = dict.fromkeys([feed for group in related for feed in group.feeds] + feeds)
        groups.append(Group([one for group in related for one in group.alarms] + [alarm], list(merged)))
    return groups, faults


def walk(clock: AlarmClock, looks: Iterable[Look]) -> list[str]:
    """Look at every alarm at its moments, in the order of time; returns a line for each that is not as it should be."""
    by_moment: dict[datetime, list[Look]] = defaultdict(list)
    for look in looks:
        by_moment[look.at].append(look)
    faults = []
    for moment in sorted(by_moment):
        states = clock.evaluate(moment, [look.alarm.name for look in by_moment[moment]])
        for look in by_moment[moment]:
            found = states[look.alarm.name]
            if found.after not in look.may_be:
                faults.append(f"{look.alarm.name} is {found.after} {look.phase}: {found.reason}")
    return faults
