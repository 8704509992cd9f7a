"""The time that a review looks back on, in UTC, which has no hour twice and none left out."""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lambdas.vocabulary.reviews import Period

DAY = timedelta(days=1)
_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.DEPENDENCIES: 3}


@dataclass(frozen=True)
class Span:
    since: datetime
    until: datetime
    """Not in it."""

    @property
    def days(self) -> list[datetime]:
        """The beginning of each day that is in it, wholly or in part."""
        first = midnight(self.since)
        return [first + number * DAY for number in range(-((first - self.until) // DAY))]

    def holds(self, at: datetime) -> bool:
        return self.since <= at < self.until

    @property
    def before(self) -> "Span":
        """As long, right before it."""
        return Span(self.since - (self.until - self.since), self.since)


def span_of(period: Period, until: datetime) -> Span:
    """Seven days, or one or three months by the calendar, up to `until`.

    From the 31st it goes back to a shorter month's last day.
    """
    if period is Period.WEEK:
        return Span(until - timedelta(days=7), until)
    return Span(_months_before(until, _MONTHS[period]), until)


def due(slot: str | None, now: datetime) -> datetime:
    """Until when: by schedule until the midnight before, on demand until now."""
    return midnight(datetime.fromisoformat(slot)) if slot else now


def midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _months_before(at: datetime, months: int) -> datetime:
    count = at.year * 12 + at.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))
