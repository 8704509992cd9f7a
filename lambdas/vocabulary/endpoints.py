"""The states of a monitored endpoint, and why it is in one."""

from enum import StrEnum

ENDPOINT = "endpoint"
"""The partition key of the table that keeps their states."""
RECORD = "record"
"""Its sort key."""
EXPIRES_AT = "expires_at"
"""Its TTL attribute."""


class State(StrEnum):
    UP = "up"
    SLOW = "slow"
    DEGRADED = "degraded"
    """It answers as expected, and its health body says that something behind it fails; in public, or comes and goes."""
    DOWN = "down"
    UNKNOWN = "unknown"
    """Says something about the prober and nothing about the endpoint: no data, not up and not down."""


WORST_FIRST = (State.DOWN, State.DEGRADED, State.SLOW, State.UP)
"""The states in which something is known."""


FLAPPING = "flapping"
"""Why it is degraded in public when single probes fail again and again, and others between them do not."""
FLAPPING_HISTORY = 12
"""Probes that are looked back on for it: an hour of them when one is made every five minutes."""


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
    """Its certificate is not valid."""
    TLS_FAILED = "tls failed"
    """No TLS connection was made, for another reason than its certificate."""
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
