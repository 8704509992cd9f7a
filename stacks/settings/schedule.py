"""EventBridge Scheduler's recurring expressions: whether one is valid, how often it runs, how long it keeps waiting."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

FORM = "cron(minutes hours day-of-month month day-of-week year) or rate(value unit)"
_RATE = re.compile(r"rate\((?P<value>[1-9]\d*) (?P<unit>minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((?P<fields>[^()]*)\)")
_ELEMENT = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>[1-9]\d*))?")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_EVERY_DATE = timedelta(days=5 * 366)  # long enough to hold two of 29 February
_MONTH = timedelta(days=365 / 12)
_START = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    irregular: str = r"(?!)"
    """Elements that stand for different days in different months, such as the last Friday."""

    def values(self, text: str) -> frozenset[int] | None:
        """Every value that `text` stands for; None when that depends on the month or the year."""
        if re.fullmatch(self.irregular, text):
            return None
        return frozenset(value for element in text.split(",") for value in self._range(element))

    def _range(self, element: str) -> range:
        match = _ELEMENT.fullmatch(element)
        if match is None:
            raise ValueError(f"{self.name} {element!r} cannot be read")
        first, last, step = match["first"], match["last"], match["step"]
        if first == "*":
            return range(self.low, self.high + 1, int(step or 1))
        start = self._number(first)
        end = self._number(last) if last else self.high if step else start
        if end < start:
            raise ValueError(f"{self.name} {element!r} ends before it starts")
        return range(start, end + 1, int(step or 1))

    def _number(self, text: str) -> int:
        if text.upper() in self.names:
            return self.names.index(text.upper()) + 1
        if not text.isdecimal() or not self.low <= int(text) <= self.high:
            raise ValueError(f"{self.name} {text!r} is not in {self.low} to {self.high}")
        return int(text)


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of month", 1, 31, irregular=r"L|LW|([1-9]|[12]\d|3[01])W"),
    Field("month", 1, 12, _MONTHS),
    Field("day of week", 1, 7, WEEKDAYS, irregular=r"L|[1-7]L|([1-7]|[A-Z]{3})#[1-5]"),
    Field("year", 1970, 2199),
)


def longest_interval(expression: str) -> timedelta | None:
    """The longest time between two runs of `expression`; None when it cannot be told (last Fridays, named years).

    Raises ValueError, saying what is wrong, when the expression is not one that EventBridge Scheduler takes.
    """
    if rate := _RATE.fullmatch(expression):
        return timedelta(**{f"{rate['unit']}s": int(rate["value"])})
    cron = _CRON.fullmatch(expression)
    if cron is None:
        raise ValueError(f"is not a cron: write {FORM}")
    return _longest_gap(_parse(cron["fields"].split()))


def runs_a_month(expression: str) -> float:
    """How often `expression` runs in an average month; a last Friday and its like count as one day of a month.

    Raises ValueError as `longest_interval` does.
    """
    if rate := _RATE.fullmatch(expression):
        return _MONTH / timedelta(**{f"{rate['unit']}s": int(rate["value"])})
    cron = _CRON.fullmatch(expression)
    if cron is None:
        raise ValueError(f"is not a cron: write {FORM}")
    minutes, hours, days, months, weekdays, _ = _parse(cron["fields"].split())
    a_day = len(minutes or ()) * len(hours or ())
    if days is None or weekdays is None:
        return a_day * len(months or ()) / len(_MONTHS)
    return a_day * len(_matching(days, months, weekdays)) * (_MONTH / (_EVERY_DATE + timedelta(days=1)))


def _parse(texts: list[str]) -> list[frozenset[int] | None]:
    """The values of each field, days of the month and of the week filled in for a question mark."""
    if len(texts) != len(FIELDS):
        raise ValueError(f"is not a cron: it has {len(texts)} fields, not {len(FIELDS)}; write {FORM}")
    if [texts[2], texts[4]].count("?") != 1:
        raise ValueError("is not a cron: one of day of month and day of week must be ?, and not both")
    every = ["*" if text == "?" and index in (2, 4) else text for index, text in enumerate(texts)]
    try:
        return [field.values(text) for field, text in zip(FIELDS, every, strict=True)]
    except ValueError as error:
        raise ValueError(f"is not a cron: {error}") from None


def _longest_gap(fields: list[frozenset[int] | None]) -> timedelta | None:
    minutes, hours, days, months, weekdays, years = fields
    if days is None or weekdays is None or years != FIELDS[-1].values("*"):
        return None
    times = [timedelta(hours=hour, minutes=minute) for hour in sorted(hours or ()) for minute in sorted(minutes or ())]
    dates = _matching(days, months, weekdays)
    if not dates:
        raise ValueError("is not a cron that ever runs: no month has that day")
    # The longest gap within a day or from a day's last run to the next date's first one.
    within = [later - earlier for earlier, later in pairwise(times)]
    between = [later + times[0] - (earlier + times[-1]) for earlier, later in pairwise(dates)]
    return max(within + between)


def _matching(days: frozenset[int], months: frozenset[int] | None, weekdays: frozenset[int]) -> list[datetime]:
    return [
        date
        for date in _dates()
        if date.day in days and date.month in (months or ()) and date.isoweekday() % 7 + 1 in weekdays
    ]


def _dates() -> Iterator[datetime]:
    return (_START + timedelta(days=day) for day in range(_EVERY_DATE.days + 1))
