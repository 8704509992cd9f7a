"""What happens with every request and is worth a line of the log in a while: one for each would cost more than all."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from lambdas.shared.observability import logger

EVERY: Final = 60.0
"""Seconds."""
_KNOWN_ITEMS = frozenset(
    (
        *("transaction", "attachment", "user_report", "feedback", "profile", "profile_chunk", "replay_event"),
        *("replay_recording", "replay_video", "check_in", "log", "trace_metric", "span", "statsd", "metric_meta"),
        *("nel", "security", "unreal_report", "form_data", "metric_buckets", "raw_security"),
        *("relayed", "session", "sessions", "client_report"),
    )
)


class Tally:
    """`monotonic` is in seconds.  What is still counted when the instance ends is not logged."""

    def __init__(self, message: str, monotonic: Callable[[], float]) -> None:
        self._message, self._monotonic, self._logged = message, monotonic, -math.inf
        self._counts: Counter[str] = Counter()

    def count(self, names: Iterable[str]) -> None:
        """`names` are few different ones."""
        self._counts.update(names)
        if self._counts and self._monotonic() - self._logged >= EVERY:
            logger.info(self._message, counts=dict(self._counts))
            self._counts.clear()
            self._logged = self._monotonic()


def item_names(kinds: Iterable[str]) -> Iterable[str]:
    """As they are counted: clients may call an item anything."""
    return (kind if kind in _KNOWN_ITEMS else "other" for kind in kinds)
