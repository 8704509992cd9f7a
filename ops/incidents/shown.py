"""Incidents as a terminal shows them, in a hundred columns."""

import textwrap
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from lambdas.operator_view.views.incident import Shown
from lambdas.shared.incidents.figures import Month, Times
from lambdas.shared.incidents.times import (
    is_untaken,
    lasted,
    subject_lasted,
    time_to_acknowledge,
    time_to_resolve,
)
from lambdas.shared.incidents.words import entry_text, marks, one_line, title_of, who_has_it
from lambdas.shared.quantities import duration, moment
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.incidents import Action, Entry, Evidence, Incident, Subject

WIDTH: Final = 100
NONE: Final = "-"
_TITLE: Final = 60


def took(time: timedelta | None) -> str:
    return NONE if time is None else duration(time)


def incident_row(incident: Incident) -> tuple[object, ...]:
    """Number, state, title, who, opened, and how soon it was taken and ended."""
    said = [*marks(incident), *(["untaken"] if is_untaken(incident) else [])]
    title = textwrap.shorten(one_line(incident.title), _TITLE, placeholder="…")
    marked = f"{title} ({', '.join(said)})" if said else title
    who = one_line(incident.taken_by) or NONE
    acknowledged, resolved = took(time_to_acknowledge(incident)), took(time_to_resolve(incident))
    opened = f"{incident.opened_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    return incident.number, incident.state.value, incident.level.value, marked, who, opened, acknowledged, resolved


def incident_fields(shown: Shown, at: datetime) -> Iterator[tuple[str, object]]:
    incident = shown.incident
    yield "incident", incident.number
    yield "title", one_line(incident.title)
    yield "level", incident.level.value
    yield "state", f"{incident.state.value}: {who_has_it(incident, at)}"
    yield "opened", f"{moment(incident.opened_at)}, {duration(at - incident.opened_at)} ago"
    yield ("resolved", moment(incident.resolved_at)) if incident.resolved_at else ("lasts", took(lasted(incident, at)))
    yield "acknowledged in", took(time_to_acknowledge(incident))
    yield "resolved in", took(time_to_resolve(incident))
    yield "paged", ", ".join(map(one_line, incident.paged)) or "nobody"
    if incident.declined:
        yield "could not", ", ".join(map(one_line, incident.declined))
    if found := marks(incident):
        yield "marks", ", ".join(found)


def incident_lines(shown: Shown, at: datetime) -> Iterator[str]:
    """Alarms, evidence with what is suspect first, timeline, actions; each under its heading."""
    yield from _part("alarms", (line for each in shown.incident.subjects for line in _subject(each, at)))
    if shown.gathered is None:
        yield from _part("evidence", iter(["  none was gathered yet"]))
    else:
        ordered = sorted(shown.gathered.evidence, key=lambda each: not each.suspected)
        yield from _part("evidence", (line for each in ordered for line in _evidence(each)))
    yield from _part("timeline (UTC)", (line for each in shown.timeline for line in _entry(each)))
    if shown.actions:
        yield from _part("actions", (line for each in shown.actions for line in _action(each)))


def _part(heading: str, lines: Iterator[str]) -> Iterator[str]:
    yield ""
    yield heading
    yield from lines


def _wrapped(text: str, first: str, rest: str | None = None) -> list[str]:
    """`first` is before the text, and as much space, or `rest`, before its further lines."""
    indent = " " * len(first) if rest is None else rest
    return textwrap.wrap(one_line(text), WIDTH, initial_indent=first, subsequent_indent=indent) or [first]


def _subject(subject: Subject, at: datetime) -> Iterator[str]:
    state = "lasts for" if subject.lasts and subject.has_end else "over after"
    lasts = took(subject_lasted(subject, at))
    said = "happened" if lasts == NONE else f"{state} {lasts}"
    times = f", {subject.times} times" if subject.times > 1 else ""
    yield from _wrapped(f"{subject.level.value}: {title_of(subject)} ({said}{times})", "  ", "    ")
    for what in filter(None, (subject.measured, subject.first_look)):
        yield from _wrapped(what, "    ")
    if subject.runbook:
        yield f"    {one_line(subject.runbook)}"  # whole: it is copied


def _evidence(evidence: Evidence) -> Iterator[str]:
    suspect = "SUSPECT " if evidence.suspected else ""
    said = evidence.lines or (f"not known: {evidence.failed}" if evidence.failed else "nothing of note",)
    for number, line in enumerate(said):
        before = f"  {suspect}{one_line(evidence.source)}: " if number == 0 else "    "
        yield from _wrapped(line, before, "    ")


def _entry(entry: Entry) -> list[str]:
    at = entry.at.astimezone(UTC)
    return _wrapped(entry_text(entry), f"  {at.day:>2} {at:%b %H:%M:%S}  ")


def _action(action: Action) -> list[str]:
    state = "done" if action.done_at else f"due {action.due}"
    ticket = f", {action.ticket}" if action.ticket else ""
    return _wrapped(f"{action.text} ({action.owner}, {state}{ticket})", f"  {one_line(action.identifier)}  ")


def incident_document(shown: Shown) -> dict[str, Any]:
    """Of `incidents show --json`."""
    return {
        "incident": encode(shown.incident),
        "timeline": encode(shown.timeline),
        "evidence": encode(shown.gathered) if shown.gathered else None,
        "actions": encode(shown.actions),
        "acknowledged_seconds": _seconds(time_to_acknowledge(shown.incident)),
        "resolved_seconds": _seconds(time_to_resolve(shown.incident)),
    }


def _seconds(time: timedelta | None) -> int | None:
    return None if time is None else round(time.total_seconds())


def month_row(month: Month) -> tuple[object, ...]:
    times = [said for found in (month.acknowledged, month.resolved) for said in _times(found)]
    return month.name, month.count, *times, month.untaken, month.flapping, month.tests


def _times(found: Times) -> tuple[str, str]:
    return took(found.median), took(found.worst)


def action_row(action: Action, today: date) -> tuple[object, ...]:
    late = (today - date.fromisoformat(action.due)).days
    state = "done" if action.done_at else f"{late} d overdue" if late > 0 else "open"
    text = textwrap.shorten(one_line(action.text), _TITLE, placeholder="…")
    return (
        one_line(action.identifier),
        action.incident,
        text,
        one_line(action.owner),
        action.due,
        state,
        one_line(action.ticket),
    )
