"""When an alarm mute rule is in force.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=15)
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_MONTHS = {f"{date(2000, month, 1):%b}".upper(): month for month in range(1, 13)}
_WEEKDAYS = {"SUN": 0, "MON": 1, "TUE": 2, "WED": 3, "THU": 4, "FRI": 5, "SAT": 6}
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, _MONTHS),
    (0, 7, _WEEKDAYS),
)


class ScheduleError(ValueError):
    """A schedule that CloudWatch refuses."""


@dataclass(frozen=True)
class MuteWindows:
    """Windows that open at a moment or again and again, each for `duration`, in local time."""

    duration: timedelta
    zone: tzinfo
    once: datetime | None
    minutes: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()

    def opened(self, moment: datetime) -> datetime | None:
        """The opening of the window that `moment` lies in; None outside."""
        local = moment.astimezone(self.zone)
        if self.once:
            return self.once if self.once <= local < self.once + self.duration else None
        day = local
        while day.date() >= (local - self.duration - _DAY).date():
            for opening in reversed(self._openings(day)):
                if opening.astimezone(UTC) <= moment < (opening.astimezone(UTC) + self.duration):
                    return opening
            day -= _DAY
        return None

    def _openings(self, day: datetime) -> list[datetime]:
        weekday = day.isoweekday() % 7
        if day.day not in self.days or day.month not in self.months or weekday not in self.weekdays:
            return []
        start = day.replace(second=0, microsecond=0)
        return [
            start.replace(hour=hour, minute=minute) for hour in sorted(self.hours) for minute in sorted(self.minutes)
        ]


def windows_of(expression: str, duration: str, timezone: str = "UTC") -> MuteWindows:
    """Raises ScheduleError naming what is wrong with the schedule."""
    zone, length = _zone(timezone), _duration(duration)
    kind, _, inside = expression.rstrip(")").partition("(")
    try:
        if kind == "at":
            return MuteWindows(length, zone, datetime.strptime(inside, "%Y-%m-%dT%H:%M").replace(tzinfo=zone))
        if kind == "cron":
            return MuteWindows(length, zone, None, *_cron(inside.split()))
    except ValueError as error:
        raise ScheduleError(f"{expression} cannot be read: {error}") from error
    raise ScheduleError(f"{expression} is neither cron(minutes hours days months weekdays) nor at(yyyy-MM-ddThh:mm)")


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC  # needs no database of time zones on the machine
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ScheduleError(f"{name} is not a time zone") from error


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    duration = timedelta(days=days, hours=hours, minutes=minutes)
    if not _SHORTEST <= duration <= _LONGEST:
        raise ScheduleError(f"{text} is not a duration from PT1M to P15D")
    return duration


def _cron(fields: list[str]) -> list[frozenset[int]]:
    if len(fields) != len(_FIELDS):
        raise ValueError(f"cron has {len(_FIELDS)} fields, not {len(fields)}")
    sets = [_numbers(field, *limits) for field, limits in zip(fields, _FIELDS, strict=True)]
    return [*sets[:-1], frozenset(weekday % 7 for weekday in sets[-1])]


def _numbers(field: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    numbers: set[int] = set()
    for part in field.split(","):
        first, _, last = (f"{low}-{high}" if part == "*" else part).partition("-")
        start = names.get(first) if first in names else int(first)
        end = start if not last else names.get(last) if last in names else int(last)
        if start is None or end is None or not low <= start <= end <= high:
            raise ValueError(f"{part} is not within {low}-{high}")
        numbers |= set(range(start, end + 1))
    return frozenset(numbers)
