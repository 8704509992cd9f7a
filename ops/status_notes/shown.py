"""Notes as the command line shows them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lambdas.shared.quantities import moment
from lambdas.shared.status_notes.notes import Maintenance, Note, Notes, PublishedIncident
from lambdas.vocabulary.codec import encode
from ops.errors_tracked.shown import line

HEADINGS = ("id", "what", "state", "services", "title", "from", "until")


def newest_first(notes: Notes) -> list[Note]:
    return sorted((*notes.incidents, *notes.maintenance), key=lambda each: each.start, reverse=True)


def document_of(note: Note, at: datetime) -> dict[str, Any]:
    """One of `status list --json`, and what the other verbs print."""
    kind = "incident" if isinstance(note, PublishedIncident) else "maintenance"
    document: dict[str, Any] = {"kind": kind, "state": state_of(note, at)}
    return {**document, **encode(note)}


def row_of(note: Note, at: datetime) -> tuple[object, ...]:
    end = moment(note.end) if note.end else "-"
    kind = "maintenance" if isinstance(note, Maintenance) else note.impact.value
    return note.id, kind, state_of(note, at), ", ".join(note.services), line(note.title), moment(note.start), end


def state_of(note: Note, at: datetime) -> str:
    return note.updates[-1].stage.value if isinstance(note, PublishedIncident) else note.phase(at).value


def lines_of(note: Note, at: datetime) -> Iterator[str]:
    """What was done, for whoever typed it."""
    yield f"{note.id}: {line(note.title)} is {state_of(note, at)} ({', '.join(note.services)})"
    if isinstance(note, Maintenance) and not note.cancelled_at:
        yield f"from {moment(note.start)} to {moment(note.end)}; what fails in this time is not counted in the uptime"
