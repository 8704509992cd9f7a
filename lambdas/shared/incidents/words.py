"""How incidents are said to people: in reviews, by commands and in views."""

from datetime import datetime
from typing import Final

from lambdas.shared.markup import printable
from lambdas.shared.quantities import counted, duration, moment
from lambdas.vocabulary.incidents import Entry, Incident, State, Subject, Way

_UNPROVEN: Final = (Way.SHARED_LINK, Way.VIEW)
"""There somebody says who they are, and anybody could."""
UNTITLED: Final = "an alarm of which only the times are kept"


def one_line(text: str) -> str:
    """Text from outside, in one line and without control characters."""
    return " ".join(printable(text).split())


def by_way(via: Way | None) -> str:
    """Such as `by link`; empty for what happened by itself."""
    if via is None:
        return ""
    return f"by {via.value}{', not proven' if via in _UNPROVEN else ''}"


def entry_text(entry: Entry) -> str:
    """With the person and the way: `ana took it (by link)`."""
    said = one_line(f"{entry.by} {entry.text}" if entry.by else entry.text)
    return f"{said} ({by_way(entry.via)})" if entry.via else said


def title_of(subject: Subject) -> str:
    return one_line(subject.title) or UNTITLED


def who_has_it(incident: Incident, at: datetime) -> str:
    """In one line: `ana has it, for 12 min`, `put off by ben until …`, `nobody has it`."""
    if incident.state in (State.RESOLVED, State.CLOSED):
        return f"taken by {one_line(incident.taken_by)}" if incident.taken_by else "nobody took it"
    if incident.state is State.TRIGGERED:
        return "nobody has it"
    who = one_line(incident.taken_by) or "somebody"
    if incident.snoozed_until:
        return f"put off by {who} until {moment(incident.snoozed_until)}"
    return f"{who} has it, for {duration(at - incident.taken_at)}" if incident.taken_at else f"{who} has it"


def marks(incident: Incident) -> tuple[str, ...]:
    """What sets it apart from others."""
    found = {
        "test": incident.is_test,
        "flapping": incident.flapping,
        f"reopened {counted(len(incident.reopened), 'time')}": bool(incident.reopened),
        "open for too long: its timers stopped": incident.stale and incident.closed_at is None,
    }
    return tuple(mark for mark, is_so in found.items() if is_so)
