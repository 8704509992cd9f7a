"""An incident that people publish, and maintenance that they announce, with what may be said of them when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from lambdas.shared.endpoint_state.window import Window
from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.endpoints import State

_SHORT: Final = {"ensure_ascii": False, "separators": (",", ":")}
"""A record of DynamoDB has 400 KB; escapes would make twelve bytes of one character."""


class Stage(StrEnum):
    """How far the work on a published incident is."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Impact(StrEnum):
    DEGRADED = "degraded"
    DOWN = "down"

    @property
    def state(self) -> State:
        """As services have it."""
        return State(self.value)


class Phase(StrEnum):
    """Of maintenance, at a moment."""

    PLANNED = "planned"
    IN_PROGRESS = "in progress"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Update:
    at: datetime
    stage: Stage
    text: str
    by: str = ""
    """The operator; never shown to the public."""


@dataclass(frozen=True)
class PublishedIncident(JsonDocument):
    JSON_FORMAT: ClassVar[Mapping[str, Any]] = _SHORT

    id: str
    title: str
    services: tuple[str, ...]
    """Names of public endpoints."""
    impact: Impact
    updates: tuple[Update, ...]
    """Oldest first, one at least."""
    revision: int = 1
    """Counts the writes of the record."""

    @property
    def start(self) -> datetime:
        return self.updates[0].at

    @property
    def changed_at(self) -> datetime:
        return self.updates[-1].at

    @property
    def end(self) -> datetime | None:
        """None while it is not resolved."""
        return self.changed_at if self.updates[-1].stage is Stage.RESOLVED else None

    def updated(self, update: Update, impact: Impact | None = None) -> Self:
        impact = impact or self.impact
        return replace(self, updates=(*self.updates, update), impact=impact, revision=self.revision + 1)


@dataclass(frozen=True)
class Maintenance(JsonDocument):
    """Its `until` is what was announced; `ended_at` and `cancelled_at` are what became of it."""

    JSON_FORMAT: ClassVar[Mapping[str, Any]] = _SHORT

    id: str
    title: str
    services: tuple[str, ...]
    """Names of public endpoints."""
    text: str
    start: datetime
    until: datetime
    announced_at: datetime
    ended_at: datetime | None = None
    """When it was ended before its `until`."""
    cancelled_at: datetime | None = None
    """When it was called off before its start."""
    by: str = ""
    """The operator who announced it; never shown to the public."""
    revision: int = 1
    """Counts the writes of the record."""

    @property
    def end(self) -> datetime:
        return self.ended_at or self.until

    @property
    def changed_at(self) -> datetime:
        return self.cancelled_at or self.ended_at or self.announced_at

    @property
    def window(self) -> Window | None:
        """The time that is left out of the uptime; None when it was cancelled."""
        return None if self.cancelled_at else Window(self.start, self.end)

    def phase(self, moment: datetime) -> Phase:
        if self.cancelled_at:
            return Phase.CANCELLED
        if moment < self.start:
            return Phase.PLANNED
        return Phase.IN_PROGRESS if moment < self.end else Phase.OVER

    def ended(self, at: datetime) -> Self:
        return replace(self, ended_at=at, revision=self.revision + 1)

    def cancelled(self, at: datetime) -> Self:
        return replace(self, cancelled_at=at, revision=self.revision + 1)


Note = PublishedIncident | Maintenance


@dataclass(frozen=True)
class Notes:
    """All that is stored, oldest first."""

    incidents: tuple[PublishedIncident, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()

    def windows_of(self, service: str) -> tuple[Window, ...]:
        return windows_of(self.maintenance, service)


def windows_of(maintenance: Sequence[Maintenance], service: str) -> tuple[Window, ...]:
    """Those that name the service, without the cancelled ones."""
    return tuple(each.window for each in maintenance if each.window and service in each.services)
