"""The one place that time comes from, so that a test can travel."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Clock = Callable[[], datetime]

CLOCK_TOLERANCE = timedelta(minutes=5)
"""So far ahead of this clock, a moment that somebody else wrote is no future one."""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Deadline:
    """The moment by which the function must be done, on the monotonic clock (seconds)."""

    at: float

    @classmethod
    def of(cls, context: Any) -> "Deadline":
        """The deadline that the Lambda platform sets for this invocation."""
        return cls.within(context.get_remaining_time_in_millis() / 1000)

    @classmethod
    def within(cls, seconds: float) -> "Deadline":
        return cls(time.monotonic() + seconds)

    @property
    def remaining(self) -> float:
        """Seconds left; negative when it has passed."""
        return self.at - time.monotonic()


def slot_of(event: Mapping[str, Any]) -> datetime:
    """The moment that a scheduled run was due, by which a doubled one is recognised; now for a run on demand."""
    written = event.get("slot")
    return datetime.fromisoformat(written) if written else now()
