"""What the page says, before anything is said in HTML, JSON or Atom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from lambdas.shared.endpoint_state.cause import NO_CAUSE, Cause
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.history import History
from lambdas.shared.endpoint_state.latencies import Latencies
from lambdas.status_page.incidents import ServiceIncident, listed
from lambdas.vocabulary.endpoints import WORST_FIRST, State

DAYS = 90
MOST_FAILED = 0.01
"""The share of a day's checks that may fail by themselves before the day counts as degraded."""


@dataclass(frozen=True)
class DayOfService:
    date: date
    state: State
    """The worst public state of the day; degraded also when many checks failed of which none was an incident."""
    seconds: Mapping[State, float] = field(default_factory=dict)
    """How long each public state lasted, of the time that was watched."""
    checks: Mapping[State, int] = field(default_factory=dict)
    """How many checks found each state."""
    median_ms: float | None = None

    @property
    def uptime(self) -> float | None:
        return _uptime([self])

    @property
    def failed(self) -> int:
        return self.checks.get(State.DOWN, 0)

    @property
    def known(self) -> int:
        """How many checks found anything."""
        return sum(self.checks.get(state, 0) for state in WORST_FIRST)


@dataclass(frozen=True)
class Service:
    """A public endpoint, as its readers call it."""

    name: str
    state: State
    """Unknown when the last observation is too old to say anything of the present."""
    since: datetime | None
    seen_at: datetime | None
    cause: Cause
    latency_ms: float | None
    days: tuple[DayOfService, ...]
    """DAYS of them, oldest first, today last."""
    median_ms: float | None
    p95_ms: float | None

    @property
    def uptime(self) -> float | None:
        """The share (0 to 1) of the checks that did not find it down; None when there was none."""
        return _uptime(self.days)


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
    incidents, not_listed = listed(histories)
    return Overview(
        made_at=moment,
        seen_at=seen_at,
        is_stale=_is_old(seen_at, moment, stale_after),
        services=services,
        incidents=incidents,
        not_listed=not_listed,
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
        cause=NO_CAUSE if is_old else current.cause,
        latency_ms=None if is_old else current.latency_ms,
        days=tuple(_day(known[of]) if of in known else DayOfService(of, State.UNKNOWN) for of in dates),
        median_ms=latencies.percentile(0.5),
        p95_ms=latencies.percentile(0.95),
    )


def _day(day: Day) -> DayOfService:
    worst = next((state for state in WORST_FIRST if day.seconds.get(state, 0) > 0), State.UNKNOWN)
    of_service = DayOfService(day.date, worst, day.seconds, day.checks, day.latencies.percentile(0.5))
    often_failed = of_service.failed > MOST_FAILED * of_service.known
    return replace(of_service, state=State.DEGRADED) if often_failed and worst in (State.UP, State.SLOW) else of_service


def _uptime(days: Sequence[DayOfService]) -> float | None:
    # Of single checks, not of the public state: users meet each failure, also one that was no incident.
    known = sum(day.known for day in days)
    return 1 - sum(day.failed for day in days) / known if known else None


def _is_old(seen_at: datetime | None, moment: datetime, stale_after: timedelta) -> bool:
    return seen_at is None or moment - seen_at > stale_after
