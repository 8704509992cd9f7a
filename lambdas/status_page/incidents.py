"""The incidents that the page lists: those of one day that follow closely on each other are one line, with a count.

So page, JSON and feed stay small even after ninety days of flapping.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote_plus

from lambdas.shared.endpoint_state.history import History
from lambdas.shared.endpoint_state.incident import Incident
from lambdas.vocabulary.endpoints import WORST_FIRST

FOLDED_WITHIN = timedelta(hours=1)
MOST_LISTED = 50


@dataclass(frozen=True)
class ServiceIncident:
    service: str
    incident: Incident
    times: int = 1
    """How often it began."""

    @property
    def key(self) -> str:
        """Unique and lasting; an anchor of the page."""
        return f"{self.incident.start:%Y%m%dT%H%M%SZ}-{quote_plus(self.service)}"


def listed(histories: Iterable[History]) -> tuple[tuple[ServiceIncident, ...], int]:
    """The newest incidents, newest first and all that last before them, and how many older ones are left out."""
    incidents = [each for history in histories for each in merged(history.current.endpoint, history.incidents)]
    newest_first = sorted(incidents, key=lambda each: each.incident.start, reverse=True)
    lasting_first = sorted(newest_first, key=lambda each: each.incident.end is not None)
    return tuple(lasting_first[:MOST_LISTED]), len(incidents[MOST_LISTED:])


def merged(service: str, incidents: Sequence[Incident]) -> list[ServiceIncident]:
    """The incidents of one service, given and returned oldest first."""
    found: list[ServiceIncident] = []
    for incident in incidents:
        times = max(incident.times_down, 1)
        if found and _follows_closely(found[-1].incident, incident):
            earlier = found.pop()
            found.append(ServiceIncident(service, _together(earlier.incident, incident), earlier.times + times))
        else:
            found.append(ServiceIncident(service, incident, times))
    return found


def _follows_closely(earlier: Incident, later: Incident) -> bool:
    # A day's incidents stay together when the oldest day is no longer shown: what is listed keeps its key.
    same_day = earlier.start.date() == later.start.date()
    return same_day and earlier.end is not None and later.start - earlier.end <= FOLDED_WITHIN


def _together(earlier: Incident, later: Incident) -> Incident:
    worse, other = sorted((earlier, later), key=lambda each: WORST_FIRST.index(each.worst))
    checks = other.cause.checks if other.worst is worse.worst else ()
    return replace(
        earlier,
        worst=worse.worst,
        cause=worse.cause.including(checks),
        changed_at=max(earlier.changed_at, later.changed_at),
        end=later.end,
        down_seconds=earlier.down_seconds + later.down_seconds,
    )
