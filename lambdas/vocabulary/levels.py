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

    @property
    def response(self) -> str:
        """The response time as people read it: `in 5 minutes`."""
        if self.response_time >= timedelta(days=1):
            return "next working day"
        minutes = self.response_time // timedelta(minutes=1)
        return f"in {minutes} minutes" if minutes < 60 else f"in {minutes // 60} hours"  # noqa: PLR2004  (an hour)


RESPONSE_TIMES = {
    Level.CRITICAL: timedelta(minutes=5),
    Level.HIGH: timedelta(minutes=30),
    Level.MEDIUM: timedelta(hours=4),
    Level.LOW: timedelta(days=1),  # the next working day
}
