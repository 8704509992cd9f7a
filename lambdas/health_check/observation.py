"""What is known of an endpoint while its probe is under way, so that a timeout loses nothing."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from lambdas.health_check.stopwatch import Stopwatch


@dataclass
class Observation:
    limit: asyncio.Timeout | None = None
    """What ends the probe when its time is over."""
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    host: str = ""
    """The one that is asked now: after a redirect it may be another than the endpoint's."""
    status: int | None = None
    certificate_days_left: float | None = None
    certificate_host: str = ""
    failing_checks: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    """What browsers pass over in the answer and strict clients do not."""

    def add_certificate(self, days_left: float) -> None:
        """Of all that are met on the way, the first to end counts: without it nobody gets any further."""
        if self.certificate_days_left is None or days_left < self.certificate_days_left:
            self.certificate_days_left, self.certificate_host = days_left, self.host

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """What the prober makes a probe wait for is neither the endpoint's time nor at the cost of its timeout."""
        began = time.perf_counter()
        ends = self.limit.when() if self.limit else None
        if self.limit:
            self.limit.reschedule(None)
        try:
            yield
        finally:
            waited = time.perf_counter() - began
            self.stopwatch.skip(waited)
            if self.limit and ends is not None:
                self.limit.reschedule(ends + waited)
