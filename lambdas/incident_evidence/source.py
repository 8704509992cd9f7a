"""What a source of evidence is: its name, what it needs, and how it is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lambdas.incident_evidence.settings import Settings
from lambdas.shared.quantities import duration
from lambdas.shared.service import Here
from lambdas.vocabulary.incidents import Incident

Client = Callable[[str], Any]
"""The client of a service by its name."""


@dataclass(frozen=True)
class Situation:
    """What every source is asked about."""

    incident: Incident
    at: datetime
    """When it is asked."""
    here: Here
    settings: Settings
    client: Client

    def from_opening(self, at: datetime) -> str:
        """How far from the incident's opening something happened: `12 min before`, `40 s after it opened`."""
        before = self.incident.opened_at - at
        if abs(before) < timedelta(seconds=1):
            return "as it opened"
        return f"{duration(before)} before" if before > timedelta(0) else f"{duration(-before)} after it opened"


@dataclass(frozen=True)
class Found:
    """What a source says; no line at all is that there is nothing."""

    lines: tuple[str, ...] = ()
    """What is suspect first; as they are: `gather` masks and shortens them."""
    suspected: bool = False
    """The first line is a likely cause."""


@dataclass(frozen=True)
class Source:
    name: str
    """As people read it."""
    look: Callable[[Situation], Found]
    """Raises what the clients raise: the source then failed, alone."""
    needs: str = ""
    """A field of the settings without which there is no such source."""

    def is_there(self, settings: Settings) -> bool:
        return not self.needs or bool(getattr(settings, self.needs))
