"""What is known of an endpoint while its probe is under way, so that a timeout loses nothing."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from lambdas.shared.guarded_http.stopwatch import Stopwatch


@dataclass
class Observation:
    limit: asyncio.Timeout | None = None
    """What ends the probe when its time is over."""
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    host: str = ""
    """The present one: after a redirect it may differ from the endpoint's."""
    status: int | None = None
    certificate_days_left: float | None = None
    certificate_host: str = ""
    failing_checks: tuple[str, ...] = ()
    named_checks: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    """What browsers ignore in the answer and strict clients do not."""

    def add_certificate(self, days_left: float) -> None:
        """Of all certificates on the way, the first to end counts: when it has ended, clients get no further."""
        if self.certificate_days_left is None or days_left < self.certificate_days_left:
            self.certificate_days_left, self.certificate_host = days_left, self.host

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Time that a probe waits for the prober itself counts neither as latency nor towards its timeout."""
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
