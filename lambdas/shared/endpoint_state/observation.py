"""What is stored of one probe, and by which rules observations become a state."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from lambdas.shared.endpoint_state.cause import NO_CAUSE, Cause
from lambdas.vocabulary.endpoints import State


@dataclass(frozen=True)
class Observation:
    """What was seen of one endpoint at `at` (UTC)."""

    endpoint: str
    state: State
    at: datetime
    latency_ms: float | None = None
    cause: Cause = NO_CAUSE
    """Shown to the public: it holds no address and no secret."""
    named_checks: tuple[str, ...] = ()
    """What its health body names, failing or not; as little of a secret."""

    @property
    def response_ms(self) -> float | None:
        """How long the answer took; how long a failure took is no response time."""
        return None if self.state in (State.DOWN, State.UNKNOWN) else self.latency_ms


@dataclass(frozen=True)
class Rules:
    confirmations: int = 2
    """How many observations in a row must be worse before the public state is."""
    interval: timedelta = timedelta(minutes=5)
    """Between two scheduled runs: the length of a slot."""
    flapping: int = 5
    """How many of the last twelve observations are down when it comes and goes."""

    @property
    def gap(self) -> timedelta:
        """Observations further apart than this do not follow on each other: it was not watched in between."""
        return 3 * self.interval


@dataclass(frozen=True)
class Change:
    """The public state changed."""

    endpoint: str
    before: State
    after: State
    since: datetime
    """The first observation of the new state: of what got worse, the first bad one."""
    cause: Cause = NO_CAUSE
    downtime_seconds: float | None = None
    """When the endpoint was down before: how long, from the first bad observation to this one."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it, for the log."""
        written = {**asdict(self), "since": self.since.isoformat()} | self.cause.as_dict()
        del written["cause"]
        return written
