"""Hours in which nobody is written to about what can wait until the morning."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from lambdas.vocabulary.levels import Level

CAN_WAIT: Final = (Level.MEDIUM, Level.LOW)


@dataclass(frozen=True)
class QuietHours:
    """From `start` on and before `until`, by the clock of the zone; over midnight where `until` is the earlier one."""

    zone: str
    start: time
    until: time

    @classmethod
    def of(cls, written: str | None, zone: str | None) -> "QuietHours | None":
        """Of `22:00-07:00`; None where nothing is written."""
        if not written or not zone:
            return None
        start, until = map(time.fromisoformat, written.split("-"))
        return cls(zone, start, until)

    def end(self, moment: datetime, level: Level) -> datetime | None:
        """When what is of this level may be sent, in UTC; None where it may be sent at once."""
        if level not in CAN_WAIT:
            return None
        zone = ZoneInfo(self.zone)
        local = moment.astimezone(zone)
        after_start, before_end = local.time() >= self.start, local.time() < self.until
        over_midnight = self.until <= self.start
        if not ((after_start or before_end) if over_midnight else (after_start and before_end)):
            return None
        day = local.date() + timedelta(days=1) if over_midnight and after_start else local.date()
        return datetime.combine(day, self.until, zone).astimezone(UTC)
