"""Which process answered: the one of the scrape before, a new one, or one of several that answer in turn.

A counter belongs to a process.  Held against that of another one it says nothing, and would be published as a jump.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from lambdas.prometheus_scrape.errors import ScrapeError
from lambdas.prometheus_scrape.sources import Source
from lambdas.prometheus_scrape.state import State

REMEMBERED = 6
"""Scrapes for which a process is remembered, and for which counters are refused once several answer in turn."""
_SAME = 0.5  # seconds: clients tell whole ones, or hundredths that do not change


ROUNDED = 0.5
"""Seconds by which a client may tell its start too late: prom-client rounds it to whole ones."""


class Since(Enum):
    """What the totals of this scrape are held against."""

    LAST_SCRAPE = auto()
    """The same process answered it."""
    START = auto()
    """The process began after it, so that all of its counts are new."""
    NOTHING = auto()
    """It is the first scrape, or this process ran already when another one answered."""


@dataclass(frozen=True)
class Answering:
    since: Since
    others: Mapping[str, datetime] = field(default_factory=dict)
    """Further processes of late, by their starts, and when each was last seen."""
    refused_until: datetime | None = None


def answering(source: Source, before: State | None, started: float | None, at: datetime) -> Answering:
    """Raises ScrapeError where nothing says how many processes there are.

    A rollout changes the process once, or once more for each retry.  One that comes back, or a third one that ran
    already when another answered, is one of several.
    """
    if started is None and not source.one_process:
        raise ScrapeError(
            "its answer has no process_start_time_seconds, without which a restart and a second process look alike, so"
            " that counters and histograms are not published: collect the default metrics, or set one_process = true"
            " where one alone answers"
        )
    if before is None:
        return Answering(Since.NOTHING)
    until = at + window(source)
    others = {start: seen for start, seen in before.others.items() if seen > at - window(source)}
    refused = before.refused_until if before.refused_until and before.refused_until > at else None
    if started is None or before.started is None or _is_same(started, before.started):
        return Answering(Since.LAST_SCRAPE, others, refused)
    ran_already = started < before.at.timestamp() + ROUNDED
    if ran_already and (len(others) > 1 or any(_is_same(started, float(start)) for start in others)):
        refused = until
    return Answering(Since.NOTHING if ran_already else Since.START, {**others, str(before.started): before.at}, refused)


def window(source: Source) -> timedelta:
    return REMEMBERED * timedelta(minutes=source.interval_minutes)


def several(started: float | None, others: Mapping[str, datetime]) -> ScrapeError:
    """Why counters are refused, and what to do."""
    starts = sorted({*map(float, others), *([started] if started is not None else [])})
    times = [f"{datetime.fromtimestamp(start, UTC):%Y-%m-%d %H:%M:%S} UTC" for start in starts[-2:]]
    return ScrapeError(
        f"several processes answer in turn (started {' and '.join(times)}), whose counters must not be mixed, so that"
        " counters and histograms are not published: give each process a url of its own, or let one answer for all, as"
        " prom-client's AggregatorRegistry and prometheus_client's multiprocess mode do"
    )


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= _SAME
