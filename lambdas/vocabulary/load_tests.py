"""A load test's report, as it is kept under `Kind.LOAD_TEST`.

It is written by the function `load_test`, and read by the quarterly review and `ops <environment> load-test`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from lambdas.vocabulary.codec import JsonDocument


class Verdict(StrEnum):
    """Of a step, and of the whole test: only one whose steps all passed has passed."""

    PASSED = "passed"
    """The target rate was reached, and errors and p95 stayed within their limits."""
    FAILED = "failed"
    """The API answered with too many errors, or too slowly."""
    INCONCLUSIVE = "inconclusive"
    """The target rate was not reached: nothing is proven about it."""
    STOPPED = "stopped"
    """It was ended before its time: by an alarm, a person or a limit."""


class Failure(StrEnum):
    """Why a request that was sent does not count as served."""

    SERVER_ERROR = "5xx"
    CLIENT_ERROR = "4xx"
    REDIRECT = "redirect"
    """Redirects are not followed: a load test goes nowhere but to the hosts and routes of its file."""
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    """Refused, broken off, no TLS, not resolved, or an address that nothing must connect to."""
    MALFORMED = "malformed"
    """Its answer is no HTTP, or too large."""
    GENERATOR = "generator"
    """The load test's own fault, such as no socket left; it makes a step inconclusive."""


@dataclass(frozen=True)
class Latency:
    """Milliseconds from the intended start of each request until its answer is whole, or until it failed."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


@dataclass(frozen=True)
class Step:
    multiple: float
    """Of the busiest minute: 1, 1.25, 1.5 or 2."""
    target_per_minute: float
    seconds: float
    """How long its requests were due."""
    planned: int
    """Requests that were due, had the step not been stopped."""
    sent: int
    answered: int
    """With a whole answer of HTTP, whatever its status."""
    dropped: int
    """Due while every connection waited for an answer: never sent."""
    late: int
    """Sent much later than due because the load test itself was too slow."""
    errors: Mapping[Failure, int]
    """Of those that were sent; a kind without one is left out."""
    connections_opened: int
    latency: Latency | None
    """Of all that were sent; None where none was."""
    verdict: Verdict
    reason: str
    """One line; empty for a step that passed."""

    @property
    def failed(self) -> int:
        return sum(self.errors.values())

    @property
    def error_percent(self) -> float:
        return 100 * self.failed / self.sent if self.sent else 0.0

    @property
    def sent_per_minute(self) -> float:
        return 60 * self.sent / self.seconds if self.seconds else 0.0

    @property
    def reused_percent(self) -> float:
        """Requests that went over a connection that was open already."""
        return 100 * max(0, self.sent - self.connections_opened) / self.sent if self.sent else 0.0


@dataclass(frozen=True)
class LoadTestReport(JsonDocument):
    JSON_FORMAT: ClassVar[Mapping[str, int]] = {"indent": 2}

    id: str
    environment: str
    requested_by: str
    """Who started it."""
    started_at: datetime
    ended_at: datetime
    hosts: tuple[str, ...]
    routes: tuple[str, ...]
    """Their URLs."""
    busiest_per_minute: float
    """The rate of the step whose multiple is 1."""
    busiest_at: datetime | None
    """When that minute was; None where a person named the number."""
    proven_backup: str
    """The backup whose restore was proven before the test."""
    steps: tuple[Step, ...]
    """Those that were begun."""
    knee_multiple: float | None
    """The first step at which the API bends: p95 more than twice that of the first step, or the step did not pass for a
    reason of the API's own.  None where none did."""
    verdict: Verdict
    reason: str
    """One line that says why; empty for a test that passed."""
    max_error_percent: float = 1
    max_p95_ms: float = 1000
    notes: tuple[str, ...] = field(default=())
    """What a reader must know besides, such as that its requests count in the API's own metrics."""

    @property
    def took(self) -> timedelta:
        return self.ended_at - self.started_at

    @property
    def highest_passed(self) -> Step | None:
        return next((step for step in reversed(self.steps) if step.verdict is Verdict.PASSED), None)
