"""What views read from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lambdas.shared.clock import Clock, now
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import Event, Sample


@dataclass(frozen=True)
class Sources:
    errors: ErrorTable
    sample: Callable[[Sample], Event | None]
    """The event that was kept; None when it is not there any more."""
    projects: tuple[str, ...]
    """The first one is shown when none is named."""
    clock: Clock = now

    @property
    def at(self) -> datetime:
        return self.clock()
