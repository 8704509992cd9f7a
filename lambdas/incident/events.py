"""What can happen to an incident, and what is to be done after it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.incidents import SUBJECTS_IN_FULL, Entry, Incident, Reply, Subject
from lambdas.vocabulary.notices import TEST_ALERT, Change, Notice


@dataclass(frozen=True)
class Raised:
    """A thing is wrong from now on, or has happened and has no end by itself."""

    subject: Subject
    is_test: bool = False
    """A test alert: it has an incident of its own, which ends when somebody takes it."""


@dataclass(frozen=True)
class Recovered:
    """`key` is the subject's digest."""

    key: str
    at: datetime


@dataclass(frozen=True)
class Answered:
    """A person has answered; `until` is when a snooze ends."""

    reply: Reply
    until: datetime | None = None


@dataclass(frozen=True)
class Tick:
    """A minute has passed."""


Event = Raised | Recovered | Answered | Tick


class Kind(StrEnum):
    """What is to be done after a change."""

    PAGE = "page"
    """Page `people`, urgently."""
    REMIND = "remind"
    """Ask `people` whether they are still on it, urgently."""
    ANNOUNCE = "announce"
    """Write `text` into the chat and to those who were paged, without waking anybody."""
    ACKNOWLEDGE = "acknowledge"
    """Say in the other system that it is taken."""
    GATHER = "gather"
    """Have evidence gathered."""
    WRITE_UP = "write up"
    """Write the draft of the review."""


@dataclass(frozen=True)
class Work(JsonDocument):
    kind: Kind
    people: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Outcome:
    """An incident after an event, what its timeline gains, and what is to be done."""

    incident: Incident
    entries: tuple[Entry, ...] = ()
    work: tuple[Work, ...] = ()
    refused: str = ""
    """Why the answer changes nothing, in one line."""

    def then(self, other: "Outcome") -> "Outcome":
        """Both, one after the other."""
        return replace(other, entries=(*self.entries, *other.entries), work=(*self.work, *other.work))

    def noting(self, entry: Entry) -> "Outcome":
        return replace(self, entries=(*self.entries, entry))

    def doing(self, *work: Work) -> "Outcome":
        return replace(self, work=(*self.work, *work))


def digest_of(key: str) -> str:
    """By which a subject is known: a notice's key may be longer than a table takes."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def event_of(notice: Notice) -> Raised | Recovered:
    key = digest_of(notice.key)
    if notice.change is Change.RECOVERED:
        return Recovered(key, notice.at)
    return Raised(
        Subject(
            key=key,
            level=notice.level,
            changed_at=notice.at,
            raised_at=notice.since or notice.at,
            has_end=notice.change is Change.RAISED,
            title=notice.title,
            measured=notice.measured,
            first_look=notice.first_look,
            runbook=notice.runbook,
            console=notice.console,
            notice_key=notice.key,
        ),
        is_test=notice.key.startswith(TEST_ALERT),
    )


def shortened(subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """Without the texts of those beyond `SUBJECTS_IN_FULL`: a record of the table holds 400 KB."""
    bare = (
        replace(subject, title="", measured="", first_look="", runbook="", console="", notice_key="")
        for subject in subjects[SUBJECTS_IN_FULL:]
    )
    return (*subjects[:SUBJECTS_IN_FULL], *bare)


def coalesced(work: Sequence[Work]) -> tuple[Work, ...]:
    """Of several pages after one change the last alone, which says all: nobody is called twice at the same moment."""
    pages = [each for each in work if each.kind is Kind.PAGE]
    return tuple(each for each in dict.fromkeys(work) if each.kind is not Kind.PAGE or each is pages[-1])
