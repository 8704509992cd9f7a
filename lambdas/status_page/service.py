"""A public endpoint as the page shows it, of what is stored of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from lambdas.shared.endpoint_state.cause import NO_CAUSE, Cause
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.history import History
from lambdas.shared.endpoint_state.latencies import Latencies
from lambdas.shared.endpoint_state.verdict import severity
from lambdas.shared.status_notes.notes import Maintenance, Notes, Phase, PublishedIncident
from lambdas.vocabulary.endpoints import WORST_FIRST, State

DAYS = 90
PERIODS = (7, 30, DAYS)
"""Days, today included, of which the uptime is said besides that of the last 24 hours."""
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
    maintenance: timedelta = timedelta(0)
    """How much of the watched time lay in announced maintenance; it is in none of the other numbers."""

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
    checked: State
    """What the checks say; unknown when the last observation is too old to say anything of the present."""
    since: datetime | None
    seen_at: datetime | None
    cause: Cause
    latency_ms: float | None
    days: tuple[DayOfService, ...]
    """DAYS of them, oldest first, today last."""
    median_ms: float | None
    p95_ms: float | None
    uptime_24h: float | None = None
    """As `uptime`, of the last 24 hours."""
    group: str = ""
    reported: PublishedIncident | None = None
    """The worst published incident that is not resolved and names it."""
    maintenance: Maintenance | None = None
    """That is in progress."""

    @property
    def state(self) -> State:
        """The worse of what the checks say and what people published."""
        reported = self.reported.impact.state if self.reported else self.checked
        return reported if severity(reported) > severity(self.checked) else self.checked

    @property
    def counts(self) -> bool:
        """Whether its state counts for the page's: trouble in announced maintenance was announced."""
        return self.maintenance is None or self.state is State.UP

    @property
    def uptime(self) -> float | None:
        """The share (0 to 1) of the checks that did not find it down; None when there was none."""
        return _uptime(self.days)

    def uptime_of(self, days: int) -> float | None:
        """As `uptime`, of the last days."""
        return _uptime(self.days[-days:])

    @property
    def in_maintenance(self) -> timedelta:
        """How much time of the days was left out of the uptime for it."""
        return sum((day.maintenance for day in self.days), timedelta(0))


def first_day(moment: datetime) -> date:
    """The oldest day that the page shows."""
    return moment.date() - timedelta(days=DAYS - 1)


def is_old(seen_at: datetime | None, moment: datetime, stale_after: timedelta) -> bool:
    return seen_at is None or moment - seen_at > stale_after


def service_of(history: History, moment: datetime, stale_after: timedelta, notes: Notes, group: str) -> Service:
    current = history.current
    known = {day.date: day for day in history.days}
    dates = [first_day(moment) + timedelta(days=number) for number in range(DAYS)]
    latencies = Latencies.together(day.latencies for day in known.values())
    old = is_old(current.known_at, moment, stale_after)
    return Service(
        name=current.endpoint,
        checked=State.UNKNOWN if old else current.state,
        since=None if old else current.since,
        seen_at=current.known_at,
        cause=NO_CAUSE if old else current.cause,
        latency_ms=None if old else current.latency_ms,
        days=tuple(_day(known[of]) if of in known else DayOfService(of, State.UNKNOWN) for of in dates),
        median_ms=latencies.percentile(0.5),
        p95_ms=latencies.percentile(0.95),
        uptime_24h=_uptime_since(known.values(), moment - timedelta(days=1)),
        group=group,
        reported=_reported(notes, current.endpoint),
        maintenance=_in_progress(notes, current.endpoint, moment),
    )


def _reported(notes: Notes, service: str) -> PublishedIncident | None:
    open_ones = [each for each in notes.incidents if each.end is None and service in each.services]
    return max(open_ones, key=lambda each: severity(each.impact.state), default=None)


def _in_progress(notes: Notes, service: str, moment: datetime) -> Maintenance | None:
    """The one that ends last."""
    running = [each for each in notes.maintenance if service in each.services]
    running = [each for each in running if each.phase(moment) is Phase.IN_PROGRESS]
    return max(running, key=lambda each: each.end, default=None)


def _day(day: Day) -> DayOfService:
    worst = next((state for state in WORST_FIRST if day.seconds.get(state, 0) > 0), State.UNKNOWN)
    of_service = DayOfService(
        day.date,
        worst,
        day.seconds,
        day.checks,
        day.latencies.percentile(0.5),
        timedelta(seconds=day.maintenance_seconds),
    )
    often_failed = of_service.failed > MOST_FAILED * of_service.known
    return replace(of_service, state=State.DEGRADED) if often_failed and worst in (State.UP, State.SLOW) else of_service


def _uptime(days: Sequence[DayOfService]) -> float | None:
    # Of single checks, not of the public state: users meet each failure, also one that was no incident.
    known = sum(day.known for day in days)
    return 1 - sum(day.failed for day in days) / known if known else None


def _uptime_since(days: Iterable[Day], moment: datetime) -> float | None:
    counted = [day.counted_since(moment) for day in days]
    known = sum(known for known, _ in counted)
    return 1 - sum(failed for _, failed in counted) / known if known else None
