"""What the page says, before anything is said in HTML, JSON or Atom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.history import History
from lambdas.shared.endpoint_state.incident import Incident
from lambdas.shared.endpoint_state.latencies import Latencies
from lambdas.vocabulary.endpoints import WORST_FIRST, State

DAYS = 90


@dataclass(frozen=True)
class DayOfService:
    date: date
    state: State
    """The worst public state of the day."""
    seconds: Mapping[State, float] = field(default_factory=dict)
    """How long each public state lasted, of the time that was watched."""
    median_ms: float | None = None

    @property
    def uptime(self) -> float | None:
        return _uptime([self.seconds])


@dataclass(frozen=True)
class Service:
    """A public endpoint, as its readers call it."""

    name: str
    state: State
    """Unknown when the last observation is too old to say anything of the present."""
    since: datetime | None
    seen_at: datetime | None
    reason: str
    latency_ms: float | None
    days: tuple[DayOfService, ...]
    """DAYS of them, oldest first, today last."""
    median_ms: float | None
    p95_ms: float | None

    @property
    def uptime(self) -> float | None:
        """The share (0 to 1) of the watched time in which it was not down; None when nobody watched."""
        return _uptime([day.seconds for day in self.days])


@dataclass(frozen=True)
class ServiceIncident:
    service: str
    incident: Incident

    @property
    def key(self) -> str:
        """Unique and lasting; an anchor of the page."""
        return f"{self.incident.start:%Y%m%dT%H%M%SZ}-{self.service.replace(' ', '_')}"


@dataclass(frozen=True)
class Overview:
    made_at: datetime
    seen_at: datetime | None
    """The newest observation of any service."""
    is_stale: bool
    services: tuple[Service, ...]
    incidents: tuple[ServiceIncident, ...]
    """Newest first."""

    @property
    def state(self) -> State:
        """The worst state of any service; unknown when nothing worse is known than that something is not."""
        states = {service.state for service in self.services}
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


def overview_of(histories: Sequence[History], moment: datetime, stale_after: timedelta) -> Overview:
    services = tuple(_service(history, moment, stale_after) for history in histories)
    seen_at = max((service.seen_at for service in services if service.seen_at), default=None)
    incidents = [
        ServiceIncident(history.current.endpoint, incident) for history in histories for incident in history.incidents
    ]
    return Overview(
        made_at=moment,
        seen_at=seen_at,
        is_stale=_is_old(seen_at, moment, stale_after),
        services=services,
        incidents=tuple(sorted(incidents, key=lambda each: each.incident.start, reverse=True)),
    )


def first_day(moment: datetime) -> date:
    """The oldest day that the page shows."""
    return moment.date() - timedelta(days=DAYS - 1)


def _service(history: History, moment: datetime, stale_after: timedelta) -> Service:
    current = history.current
    known = {day.date: day for day in history.days}
    dates = [first_day(moment) + timedelta(days=number) for number in range(DAYS)]
    latencies = Latencies.together(day.latencies for day in known.values())
    is_old = _is_old(current.known_at, moment, stale_after)
    return Service(
        name=current.endpoint,
        state=State.UNKNOWN if is_old else current.state,
        since=None if is_old else current.since,
        seen_at=current.known_at,
        reason="" if is_old else current.reason,
        latency_ms=None if is_old else current.latency_ms,
        days=tuple(_day(known[of]) if of in known else DayOfService(of, State.UNKNOWN) for of in dates),
        median_ms=latencies.percentile(0.5),
        p95_ms=latencies.percentile(0.95),
    )


def _day(day: Day) -> DayOfService:
    worst = next((state for state in WORST_FIRST if day.seconds.get(state, 0) > 0), State.UNKNOWN)
    return DayOfService(day.date, worst, day.seconds, day.latencies.percentile(0.5))


def _uptime(seconds: Sequence[Mapping[State, float]]) -> float | None:
    # What nobody had confirmed as any state yet says nothing.
    known = sum(each.get(state, 0.0) for each in seconds for state in WORST_FIRST)
    down = sum(each.get(State.DOWN, 0.0) for each in seconds)
    return 1 - down / known if known else None


def _is_old(seen_at: datetime | None, moment: datetime, stale_after: timedelta) -> bool:
    return seen_at is None or moment - seen_at > stale_after
