"""What the page says, before anything is said in HTML, JSON or Atom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from lambdas.shared.endpoint_state.history import History
from lambdas.shared.status_notes.notes import Maintenance, Notes, Phase, PublishedIncident, windows_of
from lambdas.status_page.incidents import MOST_LISTED, ServiceIncident, listed
from lambdas.status_page.service import Service, first_day, is_old, service_of
from lambdas.vocabulary.endpoints import WORST_FIRST, State


@dataclass(frozen=True)
class Overview:
    made_at: datetime
    seen_at: datetime | None
    """The newest observation of any service."""
    is_stale: bool
    services: tuple[Service, ...]
    incidents: tuple[ServiceIncident, ...]
    """Those that last first, then the newest."""
    not_listed: int
    """How many older incidents are left out."""
    published: tuple[PublishedIncident, ...] = ()
    """By people: those that are not resolved first, then the newest."""
    maintenance: tuple[Maintenance, ...] = ()
    """Announced, newest first."""

    @property
    def state(self) -> State:
        """The worst state of any service; unknown when nothing worse is known than that something is not.

        A service in announced maintenance counts only while it is up.
        """
        states = {service.state for service in self.services if service.counts}
        if self.is_stale or not states:
            return State.UNKNOWN
        worst = next((state for state in WORST_FIRST if state in states), State.UNKNOWN)
        return State.UNKNOWN if worst is State.UP and State.UNKNOWN in states else worst

    @property
    def lasting_incidents(self) -> list[ServiceIncident]:
        return [each for each in self.incidents if each.incident.end is None]

    @property
    def past_incidents(self) -> list[ServiceIncident]:
        return [each for each in self.incidents if each.incident.end is not None]

    @property
    def open_published(self) -> list[PublishedIncident]:
        return [each for each in self.published if each.end is None]

    def was_announced(self, each: ServiceIncident) -> bool:
        """Whether the incident began in maintenance of its service."""
        windows = windows_of(self.maintenance, each.service)
        return any(window.covers(each.incident.start) for window in windows)

    def maintenance_that_is(self, *phases: Phase) -> list[Maintenance]:
        return [each for each in self.maintenance if each.phase(self.made_at) in phases]

    @property
    def groups(self) -> list[tuple[str, list[Service]]]:
        """The services by the name of their group, in the order in which the groups are first named.

        Those without one come first, under an empty name.
        """
        names = dict.fromkeys(["", *[service.group for service in self.services]])
        found = [(name, [each for each in self.services if each.group == name]) for name in names]
        return [(name, services) for name, services in found if services]


def overview_of(
    histories: Sequence[History],
    moment: datetime,
    stale_after: timedelta,
    notes: Notes = Notes(),  # noqa: B008 - it is frozen
    groups: Mapping[str, str] = MappingProxyType({}),
) -> Overview:
    """`groups` are the names of the groups, by the service's."""
    shown = _of_public_services(notes, {history.current.endpoint for history in histories}, moment)
    services = tuple(
        service_of(history, moment, stale_after, shown, groups.get(history.current.endpoint, ""))
        for history in histories
    )
    seen_at = max((service.seen_at for service in services if service.seen_at), default=None)
    incidents, not_listed = listed(histories)
    return Overview(
        made_at=moment,
        seen_at=seen_at,
        is_stale=is_old(seen_at, moment, stale_after),
        services=services,
        incidents=incidents,
        not_listed=not_listed,
        published=shown.incidents[::-1],
        maintenance=shown.maintenance[::-1],
    )


def _of_public_services(notes: Notes, names: set[str], moment: datetime) -> Notes:
    """The notes of the days that the page shows, with the services that it shows; oldest first, not too many."""
    first = first_day(moment)
    incidents = [replace(each, services=_shown(each.services, names)) for each in notes.incidents]
    incidents = [each for each in incidents if each.services and (each.end is None or each.end.date() >= first)]
    incidents.sort(key=lambda each: (each.end is None, each.start))  # what is open is never too old to be listed
    maintenance = [replace(each, services=_shown(each.services, names)) for each in notes.maintenance]
    maintenance = [each for each in maintenance if each.services and each.end.date() >= first]
    return Notes(tuple(incidents[-MOST_LISTED:]), tuple(maintenance[-MOST_LISTED:]))


def _shown(services: Sequence[str], names: set[str]) -> tuple[str, ...]:
    return tuple(name for name in services if name in names)
