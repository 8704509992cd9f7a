"""What a probe found."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from lambdas.health_check.stopwatch import Timings


class State(StrEnum):
    UP = "up"
    SLOW = "slow"
    DEGRADED = "degraded"
    """It answers as expected, and its health body says that something behind it fails."""
    DOWN = "down"
    UNKNOWN = "unknown"
    """Says something about the prober and nothing about the endpoint: no data, not up and not down."""


class Reason(StrEnum):
    """Why an endpoint is down or unknown."""

    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CLOSED = "closed"
    """The server ended the connection before its answer was complete."""
    DNS_TIMEOUT = "timeout in dns"
    CONNECT_TIMEOUT = "timeout connecting"
    TLS_TIMEOUT = "timeout in tls"
    WAIT_TIMEOUT = "timeout waiting"
    READ_TIMEOUT = "timeout reading"
    TLS_INVALID = "tls invalid"
    MALFORMED = "malformed"
    """The answer is not HTTP/1.1."""
    TOO_LARGE = "too large"
    WRONG_STATUS = "wrong status"
    WRONG_BODY = "wrong body"
    REDIRECT = "redirect"
    """It redirects in a loop, too often or to where a probe does not follow."""
    ADDRESS_REFUSED = "address refused"
    """Its name leads to an address that is not public."""

    NOT_FINISHED = "not finished"
    NO_NETWORK = "prober has no network"
    NO_HEADER_VALUE = "header value unavailable"
    PROBER_FAILED = "prober failed"
    NO_QUORUM = "no quorum"

    @property
    def state(self) -> State:
        return State.UNKNOWN if self in _OF_THE_PROBER else State.DOWN


_OF_THE_PROBER = {
    Reason.NOT_FINISHED,
    Reason.NO_NETWORK,
    Reason.NO_HEADER_VALUE,
    Reason.PROBER_FAILED,
    Reason.NO_QUORUM,
}


class ProbeError(Exception):
    """Ends a probe: why, and one line for an operator.  `on_the_way` when the prober's own network may be the cause."""

    def __init__(self, reason: Reason, detail: str, *, on_the_way: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.on_the_way = on_the_way


@dataclass(frozen=True)
class Result:
    """What one place saw of one endpoint at `checked_at` (UTC), or what the places agreed on."""

    endpoint: str
    state: State
    checked_at: datetime
    place: str = ""
    """The region that probed; empty for what several agreed on."""
    reason: Reason | None = None
    detail: str = ""
    """One line for an operator, without secrets."""
    timings: Timings = field(default_factory=Timings)
    status: int | None = None
    certificate_days_left: float | None = None
    """Until the first certificate of the chain ends; 0 when one has ended, None when none was seen to be valid."""
    failing_checks: tuple[str, ...] = ()
    """What the health body names as failing."""
    slow: bool = False
    """Whether the answer took longer than it may, even if worse is wrong with it."""
    on_the_way: bool = False
    """Whether the prober's own network may be the cause."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it, for the log and for another place."""
        return {**asdict(self), "checked_at": self.checked_at.isoformat()}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Self:
        """Read what `as_dict` wrote; raises ValueError, TypeError or KeyError for anything else."""
        reason = written["reason"]
        read = {
            "state": State(written["state"]),
            "checked_at": datetime.fromisoformat(written["checked_at"]),
            "reason": None if reason is None else Reason(reason),
            "timings": Timings(**written["timings"]),
            "failing_checks": tuple(written["failing_checks"]),
        }
        return cls(**{**written, **read})
