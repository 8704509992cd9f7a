"""What alarms say: notices open an incident, join one, or end what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lambdas.incident.change import Incidents, again
from lambdas.incident.events import Outcome, Raised, Recovered, event_of
from lambdas.incident.rules import JOINS, PAGED
from lambdas.incident.step import Machine, opened
from lambdas.vocabulary.incidents import Incident, State
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Notice
from lambdas.vocabulary.on_call import Step

MOST_AT_ONCE = 40
"""Subjects of one change: a transaction of DynamoDB has room for 100 writes."""


def take_notices(incidents: Incidents, steps: tuple[Step, ...], notices: Sequence[Notice]) -> list[int]:
    """The numbers of the incidents that changed.

    Everything may come twice, and late: what is not newer than what is known of its subject, in whichever incident,
    changes nothing.
    """
    relevant = [notice for notice in notices if notice.level in PAGED]
    changed: list[int] = []
    for start in range(0, len(relevant), MOST_AT_ONCE):
        part = [event_of(notice) for notice in relevant[start : start + MOST_AT_ONCE]]
        changed += again(lambda part=part: _taken(incidents, steps, part))  # type: ignore[misc]  # bound for the loop
    return list(dict.fromkeys(changed))


def _taken(incidents: Incidents, steps: tuple[Step, ...], events: Sequence[Raised | Recovered]) -> list[int]:
    batch = _Batch(
        incidents, incidents.machine(), steps, {each.number: each for each in incidents.table.open_incidents()}
    )
    # The worst first: what opens an incident pages for the whole of it.
    for event in sorted(events, key=_order):
        batch.take(event)
    return batch.store()


def _order(event: Raised | Recovered) -> tuple[int, str]:
    if isinstance(event, Recovered):
        return (len(Level), event.at.isoformat())
    return (tuple(Level).index(event.subject.level), event.subject.changed_at.isoformat())


@dataclass
class _Batch:
    incidents: Incidents
    machine: Machine
    steps: tuple[Step, ...]
    before: dict[int, Incident]
    after: dict[int, Outcome] = field(default_factory=dict)

    def take(self, event: Raised | Recovered) -> None:
        key = event.key if isinstance(event, Recovered) else event.subject.key
        incident = self._with_subject(key) or self._joined(event)
        if incident:
            begun = self.after.get(incident.number, Outcome(incident))
            self.after[incident.number] = begun.then(self.machine.step(begun.incident, event))
        elif isinstance(event, Recovered):
            self.incidents.table.note_change(key, event.at, self.machine.now)  # what began before it is over, too
        elif not self._is_old(event):
            number = 1 + max([self.incidents.table.highest(), *self.after])
            self.after[number] = opened(number, event.subject, self.steps, self.machine, test=event.is_test)

    def store(self) -> list[int]:
        changed = []
        for number in sorted(self.after):
            outcome = self.after[number]
            self.incidents.store(self.before.get(number), outcome)
            changed.append(number)
        return changed

    def _current(self) -> list[Incident]:
        """The newest change last."""
        all_of_them = {**self.before, **{number: outcome.incident for number, outcome in self.after.items()}}
        return sorted(all_of_them.values(), key=lambda incident: incident.changed_at)

    def _with_subject(self, key: str) -> Incident | None:
        """The open incident that the subject is part of; a resolved one only until it is to be closed."""
        for incident in reversed(self._current()):
            over = incident.state is State.RESOLVED and incident.quiet_at and incident.quiet_at <= self.machine.now
            if not over and any(subject.key == key for subject in incident.subjects):
                return incident
        return None

    def _joined(self, event: Raised | Recovered) -> Incident | None:
        """The open incident that changed last and not long ago, for something that begins."""
        if isinstance(event, Recovered) or event.is_test or self._is_old(event):
            return None
        recent = (incident for incident in reversed(self._current()) if self._takes_more(incident))
        return next(recent, None)

    def _takes_more(self, incident: Incident) -> bool:
        """Not one whose timers stopped: what is new would page nobody."""
        is_recent = self.machine.now - incident.changed_at < JOINS
        return incident.is_open and is_recent and not incident.is_test and not incident.stale

    def _is_old(self, event: Raised) -> bool:
        """Whether something newer is known of it: a doubled delivery, or one that its recovery has overtaken."""
        known = self.incidents.table.changed_at(event.subject.key)
        return known is not None and event.subject.changed_at <= known
