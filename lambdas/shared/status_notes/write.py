"""What people do with notes: each function checks what was typed, writes it, and returns the note as it is now.

All raise BadNoteError for what was typed, and RefusedNoteError for what the note does not allow any more.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from lambdas.shared.quantities import counted, moment
from lambdas.shared.status_notes import checked
from lambdas.shared.status_notes.checked import BadNoteError
from lambdas.shared.status_notes.notes import Impact, Maintenance, Phase, PublishedIncident, Stage, Update
from lambdas.shared.status_notes.table import ChangedMeanwhileError, NotesTable

MOST_OPEN: Final = 20
"""Published incidents that are not resolved, and maintenance that is not over: the page stays small."""
MOST_UPDATES: Final = 40
"""Of one incident: together with the longest texts they fit into one record of DynamoDB."""

N = TypeVar("N", PublishedIncident, Maintenance)


class RefusedNoteError(Exception):
    """Nothing was written; one line that says why and what to do."""


@dataclass(frozen=True)
class Author:
    """Who writes, and when."""

    name: str
    at: datetime


def publish(
    table: NotesTable,
    author: Author,
    title: str,
    *,
    services: Sequence[str],
    public: Sequence[str],
    stage: Stage,
    impact: Impact,
    text: str,
) -> PublishedIncident:
    """A new incident of `services`, which must be among `public`, the names that the page shows."""
    if stage is Stage.RESOLVED:
        raise BadNoteError("an incident is not published as resolved (publish it as monitoring, then update it)")
    first = Update(author.at, stage, checked.text_of(text), author.name)
    named = checked.services_of(services, public)
    incident = PublishedIncident(_new_id(), checked.title_of(title), named, impact, (first,))
    lasting = sum(each.end is None for each in table.notes().incidents)
    if lasting >= MOST_OPEN:
        raise RefusedNoteError(f"{counted(lasting, 'incident')} are published and not resolved: resolve one first")
    return _written(table, incident)


def update(
    table: NotesTable, author: Author, identifier: str, *, stage: Stage, text: str, impact: Impact | None = None
) -> PublishedIncident:
    incident = _found(table.notes().incidents, identifier, "published incident")
    if incident.end:
        raise RefusedNoteError(f"incident {incident.id} was resolved at {moment(incident.end)} (publish a new one)")
    if len(incident.updates) >= MOST_UPDATES and stage is not Stage.RESOLVED:
        raise RefusedNoteError(f"incident {incident.id} has {MOST_UPDATES} updates (resolve it and publish a new one)")
    return _written(table, incident.updated(Update(author.at, stage, checked.text_of(text), author.name), impact))


def announce(
    table: NotesTable,
    author: Author,
    title: str,
    *,
    services: Sequence[str],
    public: Sequence[str],
    start: datetime,
    until: datetime,
    text: str,
) -> Maintenance:
    """Maintenance of `services`, which must be among `public`, in the time from `start` to `until`."""
    checked.refuse_bad_times(start, until, author.at)
    maintenance = Maintenance(
        id=_new_id(),
        title=checked.title_of(title),
        services=checked.services_of(services, public),
        text=checked.text_of(text),
        start=start,
        until=until,
        announced_at=author.at,
        by=author.name,
    )
    ahead = sum(each.phase(author.at) in (Phase.PLANNED, Phase.IN_PROGRESS) for each in table.maintenance())
    if ahead >= MOST_OPEN:
        raise RefusedNoteError(f"maintenance is announced {ahead} times already: end or cancel one first")
    return _written(table, maintenance)


def end_maintenance(table: NotesTable, author: Author, identifier: str) -> Maintenance:
    """End it before its announced end: from now on, downtime counts again."""
    maintenance = _found(table.maintenance(), identifier, "maintenance")
    phase = maintenance.phase(author.at)
    if phase is Phase.PLANNED:
        raise RefusedNoteError(f"maintenance {maintenance.id} has not begun (cancel it)")
    if phase is not Phase.IN_PROGRESS:
        raise RefusedNoteError(f"maintenance {maintenance.id} is {phase} already")
    return _written(table, maintenance.ended(author.at))


def cancel_maintenance(table: NotesTable, author: Author, identifier: str) -> Maintenance:
    """Call it off before it has begun."""
    maintenance = _found(table.maintenance(), identifier, "maintenance")
    phase = maintenance.phase(author.at)
    if phase is Phase.IN_PROGRESS:
        raise RefusedNoteError(f"maintenance {maintenance.id} has begun (end it)")
    if phase is not Phase.PLANNED:
        raise RefusedNoteError(f"maintenance {maintenance.id} is {phase} already")
    return _written(table, maintenance.cancelled(author.at))


def _new_id() -> str:
    return secrets.token_hex(4)


def _found(notes: Sequence[N], identifier: str, what: str) -> N:
    found = next((each for each in notes if each.id == identifier.strip().lower()), None)
    if found is None:
        raise RefusedNoteError(f"there is no {what} {identifier[:40]!r} (the list of notes has the identifiers)")
    return found


def _written(table: NotesTable, note: N) -> N:
    try:
        table.write(note)
    except ChangedMeanwhileError as error:
        raise RefusedNoteError(
            f"{note.id} was changed by somebody else meanwhile (look at it, and try again)"
        ) from error
    return note
