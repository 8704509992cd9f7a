"""How soon incidents were taken and ended, by month.

There are no means: times of incidents are few and of all sizes, one long outage moves the mean of a year, and a mean
that falls proves nothing (Š. Davidovič, Incident Metrics in SRE, 2021).  The median says what is usual, the worst what
can happen, and the list is there to be read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from statistics import median_high
from zoneinfo import ZoneInfo

from lambdas.shared.incidents.times import is_untaken, time_to_acknowledge, time_to_resolve
from lambdas.vocabulary.incidents import Incident


@dataclass(frozen=True)
class Times:
    """Of those incidents that have such a time."""

    count: int = 0
    median: timedelta | None = None
    """One that happened: of an even number the longer one of the two in the middle."""
    worst: timedelta | None = None


@dataclass(frozen=True)
class Listed:
    """One incident in the list of its month."""

    number: int
    title: str
    opened_at: datetime
    acknowledged_in: timedelta | None
    resolved_in: timedelta | None
    untaken: bool
    """It recovered before anybody took it."""
    flapping: bool
    is_test: bool
    """It is listed, and not counted."""


@dataclass(frozen=True)
class Month:
    name: str
    """YYYY-MM of the month in which the incidents opened."""
    count: int
    """Without test pages."""
    acknowledged: Times
    resolved: Times
    untaken: int
    """Recovered before anybody took them: in no time to acknowledge, and good or bad by their number."""
    flapping: int
    tests: int
    incidents: tuple[Listed, ...]
    """Newest first."""


def months(incidents: Iterable[Incident], timezone: str = "UTC") -> list[Month]:
    """Newest month first, without those in which nothing opened; `timezone` is an IANA name, the rota's."""
    zone = ZoneInfo(timezone) if timezone != "UTC" else UTC
    ordered = sorted(incidents, key=lambda each: (each.opened_at, each.number), reverse=True)
    by_month = groupby(ordered, key=lambda each: f"{each.opened_at.astimezone(zone):%Y-%m}")
    return [_month(name, list(found)) for name, found in by_month]


def times(found: Iterable[timedelta | None]) -> Times:
    known = [each for each in found if each is not None]
    return Times(len(known), median_high(known), max(known)) if known else Times()


def _month(name: str, incidents: Sequence[Incident]) -> Month:
    counted = [each for each in incidents if not each.is_test]
    return Month(
        name,
        len(counted),
        times(map(time_to_acknowledge, counted)),
        times(map(time_to_resolve, counted)),
        untaken=sum(map(is_untaken, counted)),
        flapping=sum(each.flapping for each in counted),
        tests=len(incidents) - len(counted),
        incidents=tuple(map(_listed, incidents)),
    )


def _listed(incident: Incident) -> Listed:
    return Listed(
        incident.number,
        incident.title,
        incident.opened_at,
        time_to_acknowledge(incident),
        time_to_resolve(incident),
        untaken=is_untaken(incident),
        flapping=incident.flapping,
        is_test=incident.is_test,
    )
