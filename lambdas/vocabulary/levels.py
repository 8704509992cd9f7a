"""The four alert levels and how soon somebody must respond to each."""

from datetime import timedelta
from enum import StrEnum


class Level(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def response_time(self) -> timedelta:
        return RESPONSE_TIMES[self]


RESPONSE_TIMES = {
    Level.CRITICAL: timedelta(minutes=5),
    Level.HIGH: timedelta(minutes=30),
    Level.MEDIUM: timedelta(hours=4),
    Level.LOW: timedelta(days=1),  # the next business day
}
