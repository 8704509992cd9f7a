"""Windows of announced maintenance, as far as the endpoints' records need them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Window:
    """From `start` up to, and without, `end`."""

    start: datetime
    end: datetime

    def covers(self, at: datetime) -> bool:
        return self.start <= at < self.end


def within(windows: Iterable[Window], start: datetime, end: datetime) -> timedelta:
    """How much of the time from `start` to `end` lies in any of the windows; what lies in several counts once."""
    clipped = (Window(max(each.start, start), min(each.end, end)) for each in windows)
    return sum((each.end - each.start for each in _apart(clipped)), timedelta(0))


def outside(windows: Iterable[Window], start: datetime, end: datetime) -> timedelta:
    """How much of the time from `start` to `end` lies in none of the windows."""
    return end - start - within(windows, start, end)


def _apart(windows: Iterable[Window]) -> Iterator[Window]:
    """The same time in windows that do not overlap; those that are empty are left out."""
    reached: datetime | None = None
    for each in sorted(windows, key=lambda each: each.start):
        start = each.start if reached is None else max(each.start, reached)
        if start < each.end:
            yield Window(start, each.end)
            reached = each.end
