"""Reads incidents, has the step decide, and stores what came of it: all or nothing, and again if another was first."""

import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TypeVar

from lambdas.incident.events import Event, Outcome, coalesced
from lambdas.incident.rules import Rules
from lambdas.incident.step import Machine
from lambdas.shared.clock import Clock, now
from lambdas.shared.incidents.table import Change, ConflictError, IncidentTable
from lambdas.shared.observability import logger
from lambdas.shared.on_call.overrides import Overrides
from lambdas.shared.on_call.rotation import people_of
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.incidents import Entry, Incident
from lambdas.vocabulary.on_call import Override, Rota, Step

TRIES = 12
LONGEST_PAUSE = 0.05
"""Seconds."""
MOST_KEYS = 80
"""Of one change: a transaction of DynamoDB has room for 100 writes.  What is left out has an older record."""

T = TypeVar("T")


@dataclass(frozen=True)
class Incidents:
    table: IncidentTable
    rota: Rota
    people: Collection[str]
    """The names of all who can be paged."""
    rules: Rules
    clock: Clock = now

    @property
    def urgent(self) -> Overrides:
        return Overrides(self.table.dynamodb, self.table.name, self.clock)

    def overrides(self) -> tuple[Override, ...]:
        """Those of the table; the rota has those of the environment file."""
        return self.urgent.all(self.people, _log_ignored)

    def machine(self) -> Machine:
        """The rules at this moment, with whoever is on call then."""
        moment, urgent = self.clock(), self.overrides()

        def people(step: Step) -> tuple[str, ...]:
            return people_of(step.who, self.rota, moment, urgent)

        return Machine(moment, people, self.rules)

    def change(self, number: int, event: Event) -> Outcome | None:
        """The incident after the event; None when there is no such incident."""

        def once() -> Outcome | None:
            before = self.table.incident(number)
            if before is None:
                return None
            outcome = self.machine().step(before, event)
            self.store(before, outcome)
            return outcome

        return again(once)

    def update(self, number: int, *entries: Entry, **fields: object) -> None:
        """Set fields that decide nothing, such as when the first page was accepted."""

        def once() -> None:
            before = self.table.incident(number)
            if before:
                self.store(before, Outcome(replace(before, **fields), entries))  # type: ignore[arg-type]  # by name

        again(once)

    def store(self, before: Incident | None, outcome: Outcome) -> None:
        """Raises ConflictError; stores nothing where nothing changed."""
        if before == outcome.incident and not outcome.entries and not outcome.work:
            return
        known = {subject.key: subject.changed_at for subject in before.subjects} if before else {}
        keys = {
            subject.key: subject.changed_at
            for subject in outcome.incident.subjects
            if known.get(subject.key) != subject.changed_at
        }
        version = (before.version if before else 0) + 1
        self.table.store(
            Change(
                replace(outcome.incident, version=version),
                outcome.entries,
                [encode(work) for work in coalesced(outcome.work)],
                dict(list(keys.items())[:MOST_KEYS]),
                is_new=before is None,
                at=self.clock(),
            )
        )


def again(once: Callable[[], T]) -> T:
    """Repeat what another invocation was faster with; raises ConflictError after many times."""
    for _ in range(TRIES - 1):
        try:
            return once()
        except ConflictError:
            time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - two that met once are not to meet again
    return once()


def _log_ignored(identifier: str, why: str) -> None:
    logger.warning("an override that does not count", override=identifier, reason=why)
