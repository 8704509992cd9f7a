"""Where a probe's time goes, on the monotonic clock."""

import time
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    FIRST_BYTE = "first_byte"
    READ = "read"


@dataclass(frozen=True)
class Timings:
    """Milliseconds over all redirects; None for a phase that was not completed.

    `first_byte` runs from the end of the request to the first byte of the answer; `total` is everything.
    """

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    total: float | None = None


class Stopwatch:
    """Runs from the start; one phase ends when the next one begins."""

    def __init__(self) -> None:
        self._started = self._entered = time.perf_counter()
        self._spent: dict[Phase, float] = {}
        self.phase = Phase.DNS

    def enter(self, phase: Phase) -> None:
        moment = time.perf_counter()
        self._spent[self.phase] = self._spent.get(self.phase, 0.0) + moment - self._entered
        self.phase, self._entered = phase, moment

    def skip(self, seconds: float) -> None:
        """Count so much of the time that has just passed neither to the phase nor to the whole."""
        self._started += seconds
        self._entered += seconds

    @property
    def timings(self) -> Timings:
        completed = {phase.value: _milliseconds(spent) for phase, spent in self._spent.items() if phase != Phase.READ}
        return Timings(**completed, total=_milliseconds(time.perf_counter() - self._started))


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)
