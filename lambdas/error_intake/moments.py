"""When an event happened, by clocks that may be years off."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lambdas.shared.clock import CLOCK_TOLERANCE

OLDEST: Final = timedelta(days=30)
"""Clients keep events while they are offline; one that is older has a wrong clock."""


def happened_at(written: Any, sent_at: Any, received_at: datetime) -> float:
    """Seconds since 1970, no later than it was received and within `OLDEST` of it.

    The client's clock is corrected by the moment at which it says it sent the envelope, as Sentry does; where that is
    missing or does not help, the event happened when it was received.
    """
    received, moment, sent = received_at.timestamp(), _seconds(written), _seconds(sent_at)
    if moment is None:
        return received
    if sent is not None and abs(received - sent) > CLOCK_TOLERANCE.total_seconds():
        moment += received - sent
    if moment > received + CLOCK_TOLERANCE.total_seconds() or moment < received - OLDEST.total_seconds():
        return received
    return min(moment, received)


def _seconds(written: Any) -> float | None:
    """A number of seconds, or ISO 8601, which is UTC where it names no zone."""
    try:
        if type(written) is str:
            moment = datetime.fromisoformat(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        if type(written) in (int, float) and math.isfinite(written):
            return float(written)
    except (ValueError, OverflowError):
        return None
    return None
