"""What comes in envelopes and is no error: traces, replays and the like, which this system does not keep.

Counted in the log, by one line in a while: it explains what a team pays for and does not see.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from lambdas.shared.observability import logger

EVERY: Final = 60.0
"""Seconds."""
_KNOWN = frozenset(
    (
        *("transaction", "attachment", "user_report", "feedback", "profile", "profile_chunk", "replay_event"),
        *("replay_recording", "replay_video", "check_in", "log", "trace_metric", "span", "statsd", "metric_meta"),
        *("nel", "security", "unreal_report", "form_data", "metric_buckets", "raw_security"),
        *("relayed", "session", "sessions", "client_report"),
    )
)


class OtherItems:
    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic, self._logged = monotonic, -math.inf
        self._counts: Counter[str] = Counter()

    def count(self, kinds: Iterable[str]) -> None:
        self._counts.update(kind if kind in _KNOWN else "other" for kind in kinds)
        if self._counts and self._monotonic() - self._logged >= EVERY:
            logger.info("items that are no errors were not kept", items=dict(self._counts))
            self._counts.clear()
            self._logged = self._monotonic()
