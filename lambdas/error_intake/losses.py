"""Errors that were not taken, counted until a message is worth it: one for each would cost what the quota saves."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

EVERY: Final = 5.0
"""Seconds between two messages that say nothing else."""

# What is said by a client is bounded: each reason is a counter for ever.
# https://develop.sentry.dev/sdk/telemetry/client-reports/
_OF_CLIENTS = frozenset(
    (
        *("queue_overflow", "cache_overflow", "buffer_overflow", "ratelimit_backoff", "network_error", "sample_rate"),
        *("before_send", "event_processor", "send_error", "internal_sdk_error", "insufficient_data", "backpressure"),
        *("ignored", "too_large", "invalid"),
    )
)
OTHER: Final = "other"
QUOTA: Final = "quota"
MALFORMED: Final = "malformed"
TOO_LARGE: Final = "too large"
SCRUBBER_FAILED: Final = "scrubber failed"
RELAYED: Final = "relayed"
NOT_HANDED_OVER: Final = "queue unavailable"
MOST_SAID: Final = 100_000
"""Of one of a client's counts: a DSN is public, and whoever has it may say anything."""


def reason_of_client(said: str) -> str:
    return said if said in _OF_CLIENTS else OTHER


class Losses:
    """By project and reason.  What is still counted when the instance ends, at most `EVERY` seconds' worth, is lost."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._counts: dict[str, Counter[str]] = {}
        self._sent: dict[str, float] = {}

    def add(self, project: str, reasons: Mapping[str, int]) -> None:
        if reasons:
            self._counts.setdefault(project, Counter()).update(reasons)

    def are_due(self, project: str) -> bool:
        """Whether there are some, and the last message about them is a while ago."""
        waited = self._monotonic() - self._sent.get(project, -math.inf)
        return project in self._counts and waited >= EVERY

    def take(self, project: str) -> dict[str, int]:
        """Those that were counted; they are counted no more."""
        if project not in self._counts:
            return {}
        self._sent[project] = self._monotonic()
        return dict(self._counts.pop(project))
