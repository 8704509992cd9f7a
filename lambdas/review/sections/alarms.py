"""Alarms that fire too often, and alarms that would not fire at all: with a threshold at which neither is so."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lambdas.review.alarms.advise import Fired, Suggestion, is_deaf, nearest, quieter, sharper
from lambdas.review.alarms.condition import Condition, Points
from lambdas.review.alarms.read import HISTORY, Alarm, alarms_of, firings_of, points_of
from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.shared.documents.document import Block, Table, Text
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.quantities import counted, number
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.reviews import State

MOST_READ: Final = 200
"""Alarms whose metrics are read, the noisy ones first; each costs $0.00001 for each metric of it."""
_AT_ONCE: Final = 4
_INCIDENTS: Final = 1000
_NONE: Final = "-"


@dataclass(frozen=True)
class _Looked:
    alarm: Alarm
    fired: Fired
    condition: Condition | None = None
    points: Points = ()

    @property
    def is_deaf(self) -> bool:
        return bool(self.condition and not self.fired.times and is_deaf(self.condition, self.points))


def _look(situation: Situation) -> Found:
    cloudwatch, prefix = situation.client("cloudwatch"), situation.here.named("")
    since = situation.span.until - HISTORY
    alarms = alarms_of(cloudwatch, prefix)
    if not alarms:
        raise UnknownError(f"no alarm begins with {prefix} (is the environment deployed?)")
    times = firings_of(cloudwatch, prefix, since, situation.span.until)
    taken = _taken(situation, since)
    looked = [_Looked(each, _fired(each.name, times, taken)) for each in alarms]
    ordered = sorted(looked, key=lambda each: (-len(each.fired.noise), -len(each.fired.times), _level(each.alarm)))
    read = _with_points(situation, ordered)
    noisy = [each for each in read if each.fired.noise]
    deaf = [each for each in read if each.is_deaf]
    return Found(
        State.ATTENTION if noisy else State.NOTED if deaf else State.GOOD,
        f"{len(noisy)} noisy and {len(deaf)} deaf of {counted(len(alarms), 'alarm')}",
        tuple(_figures(alarms, noisy, deaf, times)),
        tuple(_blocks(noisy, deaf, unread=sum(each.condition is None for each in read))),
    )


def _fired(name: str, times: Mapping[str, Sequence[datetime]], taken: Mapping[str, int] | None) -> Fired:
    return Fired(tuple(times.get(name, ())), None if taken is None else taken.get(name, 0))


def _level(alarm: Alarm) -> int:
    return list(Level).index(alarm.described.level or Level.LOW)


def _taken(situation: Situation, since: datetime) -> dict[str, int] | None:
    """By an alarm's name, how many of its incidents a person took; None where nobody is on call."""
    if not situation.settings.on_call:
        return None
    table = IncidentTable(situation.client("dynamodb"), situation.here.named("incidents"))
    prefix, found = situation.here.named(""), dict[str, int]()
    for incident in table.newest(_INCIDENTS):
        if incident.opened_at < since:
            break
        for subject in incident.subjects if incident.first_taken_at else ():
            name = subject.notice_key.rpartition(":alarm:")[2].removeprefix(prefix)
            found[name] = found.get(name, 0) + 1
    return found


def _with_points(situation: Situation, looked: Sequence[_Looked]) -> list[_Looked]:
    """The first ones that can be computed again with their points, all others without."""
    wanted = [each for each in looked if each.alarm.condition][:MOST_READ]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        points = list(threads.map(lambda each: _points(situation, each.alarm), wanted))
    read = {
        each.alarm.name: _Looked(each.alarm, each.fired, each.alarm.condition, of)
        for each, of in zip(wanted, points, strict=True)
    }
    return [read.get(each.alarm.name, each) for each in looked]


def _points(situation: Situation, alarm: Alarm) -> Points:
    return points_of(situation.client("cloudwatch"), alarm, situation.span.until)


def _figures(
    alarms: Sequence[Alarm], noisy: Sequence[_Looked], deaf: Sequence[_Looked], times: Mapping[str, Sequence[datetime]]
) -> Iterable[Figure]:
    history, metrics = "CloudWatch: history of alarms, 30 days", "CloudWatch: the alarms' own metrics, 30 days"
    fired = sum(map(len, times.values()))
    yield Figure("alarms", "Alarms", len(alarms), str(len(alarms)), "CloudWatch: DescribeAlarms")
    yield Figure("fired", "Times that one fired", fired, str(fired), history)
    yield Figure("noisy", "Noisy alarms", len(noisy), str(len(noisy)), history)
    yield Figure("deaf", "Deaf alarms", len(deaf), str(len(deaf)), metrics)


_NOISY_HEADINGS: Final = ("Alarm", "Level", "Why", "Taken", "Threshold", "Suggested", "Would have fired")
_DEAF_HEADINGS: Final = ("Alarm", "Level", "Threshold", "Nearest value", "Suggested", "Would have fired")


def _blocks(noisy: Sequence[_Looked], deaf: Sequence[_Looked], unread: int) -> Iterable[Block]:
    if noisy:
        yield Text("Noisy: a threshold is suggested where the metric's own points say that it is the cause.")
        yield Table(_NOISY_HEADINGS, tuple(map(_noisy_row, noisy)))
    if deaf:
        yield Text(
            "Deaf: its metric never came half the way. That may be right; else the suggested threshold is nearer."
        )
        yield Table(_DEAF_HEADINGS, tuple(map(_deaf_row, deaf)))
    if unread:
        yield Text(f"{counted(unread, 'alarm')} composite or on a band: only the history was looked at.")


def _noisy_row(of: _Looked) -> tuple[str, ...]:
    suggested = quieter(of.condition, of.points) if of.condition else None
    taken = "unknown" if of.fired.taken is None else str(of.fired.taken)
    why = ", ".join(of.fired.noise)
    return of.alarm.name, str(of.alarm.described.level), why, taken, _threshold(of.condition), *_said(suggested)


def _deaf_row(of: _Looked) -> tuple[str, ...]:
    assert of.condition is not None  # noqa: S101  (else it would not be deaf)
    reached = nearest(of.condition, of.points)
    return (
        of.alarm.name,
        str(of.alarm.described.level),
        _threshold(of.condition),
        number(reached) if reached is not None else _NONE,
        *_said(sharper(of.condition, of.points)),
    )


def _threshold(condition: Condition | None) -> str:
    if condition is None:
        return _NONE
    return f"{'>' if condition.is_upward else '<'} {number(condition.threshold)}"


def _said(suggestion: Suggestion | None) -> tuple[str, str]:
    if suggestion is None:
        return _NONE, _NONE
    return number(suggestion.threshold), counted(suggestion.would_fire, "time")


ALARMS = Section("alarms", "Noisy and deaf alarms", _look)
