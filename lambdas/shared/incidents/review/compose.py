"""The draft of a post-mortem: what is known of an incident, under the headings of the SRE book's example.

https://sre.google/sre-book/example-postmortem/
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lambdas.shared.documents.document import (
    Block,
    Bullets,
    Facts,
    Inline,
    Link,
    Prompt,
    Section,
    Table,
    Text,
)
from lambdas.shared.incidents import times
from lambdas.shared.incidents.review.answers import answers
from lambdas.shared.incidents.review.document import Review
from lambdas.shared.incidents.review.summary import summary
from lambdas.shared.incidents.review.timeline import timeline
from lambdas.shared.incidents.words import marks, one_line, title_of
from lambdas.shared.quantities import counted, duration, moment, number
from lambdas.vocabulary.incidents import Action, Entry, Evidence, Gathered, Incident, Subject

DRAFT: Final = "draft: each question waits for its answer"
EMPTY_ROWS: Final = 3
NONE: Final = "-"


@dataclass(frozen=True)
class BurntBudget:
    """What an incident took of the error budget of thirty days."""

    promise: str
    """Such as `availability 99.9 %`."""
    burnt_percent: float
    """Of the whole budget."""
    left_percent: float | None = None
    """Of the whole budget, after the incident; negative where more than all was used."""


@dataclass(frozen=True)
class Known:
    """All that a review is written from."""

    incident: Incident
    timeline: Sequence[Entry]
    """Oldest first."""
    at: datetime
    """When it is written."""
    gathered: Gathered | None = None
    budgets: Sequence[BurntBudget] = ()
    actions: Sequence[Action] = ()
    """Of this incident, where some are written down already."""
    timezone: str = "UTC"
    """The rota's."""
    environment: str = ""
    """Its name, for the commands that the draft names."""


def compose(known: Known) -> Review:
    """Pure: the same for the same."""
    incident = known.incident
    return Review(
        f"Post-mortem of incident {incident.number}: {one_line(incident.title)}",
        Facts(tuple(_facts(known))),
        (
            Section("Summary", (Text(summary(incident, known.gathered, known.at)),)),
            Section("Impact", tuple(_impact(known))),
            Section("Root causes", (Prompt("What was it that broke, and what let it break? Causes, not persons."),)),
            Section("Trigger", (Prompt("What set it off just then? Compare the evidence below."),)),
            Section("Resolution", tuple(_resolution(known))),
            Section("Detection", tuple(_detection(known))),
            Section("Response", tuple(answers(incident, known.timeline, known.at))),
            Section("Action items", tuple(_actions(known))),
            _lessons(),
            Section("Timeline", (timeline(known.timeline, known.timezone),)),
            Section("Evidence", *_evidence(known.gathered)),
        ),
        number=incident.number,
    )


def _facts(known: Known) -> Iterator[tuple[str, str]]:
    incident = known.incident
    at = incident.opened_at.astimezone(UTC)
    yield "Date", f"{at.day} {at:%B %Y}"
    people = dict.fromkeys(one_line(name) for name in (incident.taken_by, *(entry.by for entry in known.timeline)))
    yield "Authors", ", ".join(filter(None, people)) or "nobody took part; who writes it?"
    yield "Status", DRAFT
    yield "Level", incident.level.value
    if found := marks(incident):
        yield "Marks", ", ".join(found)


def _impact(known: Known) -> Iterator[Block]:
    incident, at = known.incident, known.at
    until = f"until {moment(incident.resolved_at)}" if incident.resolved_at else "and lasts"
    yield Text(f"{duration(times.lasted(incident, at))}: from {moment(incident.opened_at)} {until}.")
    named = [subject for subject in incident.subjects if subject.title]
    headings = ("Alarm", "Level", "From (UTC)", "Until (UTC)", "Lasted", "Raised", "Measured")
    yield Table(headings, tuple(_alarm(subject, at) for subject in named))
    if rest := len(incident.subjects) - len(named):
        yield Text(f"And {counted(rest, 'more alarm')}, of which only the times are kept.")
    for budget in known.budgets:
        yield Text(_burnt(budget))
    yield Prompt("Who noticed it, how many were they, and what could they not do?")


def _alarm(subject: Subject, at: datetime) -> tuple[Inline, ...]:
    took = times.subject_lasted(subject, at)
    until = _clock(subject.recovered_at) if subject.recovered_at else ("lasts" if subject.has_end else NONE)
    return (
        title_of(subject),
        subject.level.value,
        _clock(subject.raised_at),
        until,
        duration(took) if took is not None else NONE,
        f"{subject.times} times" if subject.times > 1 else "once",
        one_line(subject.measured) or NONE,
    )


def _clock(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b, %H:%M:%S}"


def _burnt(budget: BurntBudget) -> str:
    burnt = (
        f"{number(budget.burnt_percent)} % of the error budget of thirty days ({one_line(budget.promise)}) was burnt"
    )
    if budget.left_percent is None:
        return f"{burnt}."
    return (
        f"{burnt}; {number(budget.left_percent)} % is left."
        if budget.left_percent > 0
        else f"{burnt}; nothing is left."
    )


def _resolution(known: Known) -> Iterator[Block]:
    incident = known.incident
    took = times.time_to_resolve(incident)
    if took is None or incident.resolved_at is None:
        yield Text("It is not resolved.")
    else:
        yield Text(f"Resolved on {moment(incident.resolved_at)}, {duration(took)} after the first alarm.")
    if incident.reopened:
        again = ", ".join(moment(each) for each in incident.reopened)
        yield Text(f"It seemed over before, and came back {counted(len(incident.reopened), 'time')}: {again}.")
    yield Prompt("What was done that ended it, or did it end by itself?")


def _detection(known: Known) -> Iterator[Block]:
    incident = known.incident
    first = min(incident.subjects, key=lambda subject: subject.raised_at, default=None)
    if first:
        yield Text(f"The alarm “{title_of(first)}” at {moment(first.raised_at)}. {_paged_after(incident)}")
        links = (Link("Runbook", first.runbook), Link("Console", first.console))
        yield Bullets(tuple(link for link in links if link.url))
    yield Prompt("When did it begin for users? If long before the alarm: what would have seen it sooner?")


def _paged_after(incident: Incident) -> str:
    if incident.first_paged_at is None:
        return "Nobody was paged."
    return f"The first page was accepted {duration(incident.first_paged_at - incident.opened_at)} after it."


def _actions(known: Known) -> Iterator[Block]:
    written = tuple(
        (one_line(each.text), one_line(each.owner), each.due, one_line(each.ticket) or NONE) for each in known.actions
    )
    empty = ("", "", "", "")
    yield Table(("Action", "Owner", "Due", "Ticket"), written or (empty,) * EMPTY_ROWS)
    command = f"ops {known.environment or 'ENVIRONMENT'} incidents action add {known.incident.number} …"
    yield Prompt(
        f"What makes this less likely, shorter, or seen sooner? Record each, and it is reported when overdue: {command}"
    )


def _lessons() -> Section:
    questions = {
        "What went well": "What helped, and should be kept?",
        "What went wrong": "What was missing, slow or misleading?",
        "Where we got lucky": "What kept it from being worse, and will not be there next time?",
    }
    parts = tuple(Section(heading, (Prompt(asked),)) for heading, asked in questions.items())
    return Section("Lessons learned", (), parts)


def _evidence(gathered: Gathered | None) -> tuple[tuple[Block, ...], tuple[Section, ...]]:
    if gathered is None or not gathered.evidence:
        return (Text("None was gathered."),), ()
    said = Text(f"As found on {moment(gathered.at)}; what is suspect stands first.")
    return (said,), tuple(map(_source, _suspect_first(gathered.evidence)))


def _suspect_first(evidence: Iterable[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda each: not each.suspected)


def _source(evidence: Evidence) -> Section:
    suspect = " (suspect: its first line)" if evidence.suspected else ""
    heading = f"{one_line(evidence.source)}{suspect}"
    if evidence.failed:
        return Section(heading, (Text(f"It could not be read: {one_line(evidence.failed)}"),))
    lines = tuple(one_line(line) for line in evidence.lines)
    return Section(heading, (Bullets(lines) if lines else Text("Nothing of note."),))
