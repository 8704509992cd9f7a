"""Incidents of tests, at a clock that they set themselves."""

from datetime import UTC, datetime, timedelta

from lambdas.incident.events import Answered, Event, Outcome, Raised, Recovered, Tick, digest_of
from lambdas.incident.rules import Rules
from lambdas.incident.step import Machine, opened
from lambdas.vocabulary.incidents import Answer, Incident, Reply, Subject, Way
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.on_call import STEPS, Step

START = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
PEOPLE = {"primary": ("ana",), "backup": ("ben",), "everybody": ("ana", "ben", "cem")}
MINUTE = timedelta(minutes=1)


def people_at_night(step: Step) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for who in step.who for name in PEOPLE.get(who, (who,))))


def machine(now: datetime = START, people=people_at_night) -> Machine:
    return Machine(now, people, Rules())


def subject(key: str = "api", level: Level = Level.CRITICAL, at: datetime = START, **fields) -> Subject:
    return Subject(digest_of(key), level, changed_at=at, raised_at=at, title=f"{key} is down", **fields)


def new(level: Level = Level.CRITICAL, key: str = "api", steps: tuple[Step, ...] = STEPS, **fields) -> Outcome:
    return opened(1, subject(key, level, **fields), steps, machine())


def raised(key: str = "api", level: Level = Level.CRITICAL, at: datetime = START) -> Raised:
    return Raised(subject(key, level, at))


def recovered(key: str = "api", at: datetime = START) -> Recovered:
    return Recovered(digest_of(key), at)


def reply(answer: Answer, by: str, at: datetime, via: Way = Way.LINK, **fields) -> Answered:
    until = at + timedelta(minutes=fields.get("minutes", 0)) if answer is Answer.SNOOZE else None
    return Answered(Reply(1, answer, via, at, by, **fields), until)


class Story:
    """One incident as time passes; `minutes` count from its opening."""

    def __init__(self, outcome: Outcome | None = None, people=people_at_night) -> None:
        self.outcome = outcome or new()
        self.people = people

    @property
    def incident(self) -> Incident:
        return self.outcome.incident

    def at(self, minutes: float, event: Event | None = None) -> Outcome:
        """What this event, or a tick, brings at this minute."""
        now = START + minutes * MINUTE
        self.outcome = Machine(now, self.people, Rules()).step(self.incident, event or Tick())
        return self.outcome

    def pages(self) -> list[tuple[str, ...]]:
        """Whom the last event paged."""
        return [work.people for work in self.outcome.work if work.kind == "page"]
