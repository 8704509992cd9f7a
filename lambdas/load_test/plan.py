"""How many requests a test asks for, and whether it may."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lambdas.load_test.refused import RefusedError
from lambdas.load_test.settings import Settings
from lambdas.shared.quantities import counted, number

MULTIPLES: Final = (1.0, 1.25, 1.5, 2.0)
"""Of the busiest minute."""
MOST_PER_SECOND: Final = 1000
"""What one processor holds (`bench/results/load_test.md`)."""


@dataclass(frozen=True)
class Busiest:
    per_minute: float
    at: datetime | None = None
    """None for a number that a person named."""


@dataclass(frozen=True)
class PlannedStep:
    multiple: float
    per_minute: float
    seconds: float

    @property
    def requests(self) -> int:
        return max(1, round(self.per_minute * self.seconds / 60))

    def moments(self, begin: float) -> Iterator[float]:
        """When each request is due, at equal distances."""
        return (begin + index * 60 / self.per_minute for index in range(self.requests))


def plan(settings: Settings, busiest: Busiest) -> tuple[PlannedStep, ...]:
    """Raises RefusedError for more than the environment file or one function allows."""
    seconds = settings.step.total_seconds()
    steps = tuple(PlannedStep(multiple, multiple * busiest.per_minute, seconds) for multiple in MULTIPLES)
    if steps[-1].per_minute > MOST_PER_SECOND * 60:
        raise RefusedError(
            f"twice the busiest minute is {number(steps[-1].per_minute)} requests a minute, and one function asks"
            f" {MOST_PER_SECOND * 60} at most (run a generator of your own, on machines of your own)"
        )
    if (requests := sum(step.requests for step in steps)) > settings.max_requests:
        raise RefusedError(
            f"the test needs {counted(requests, 'request')} and load_test.max_requests allows {settings.max_requests}"
            " (raise it, or shorten load_test.step_seconds)"
        )
    return steps
