"""Sends a test error by the DSN and waits until it counts to an issue."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from lambdas.error_test.envelope import Dsn, new_event, send
from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.error_tracking.table import ErrorTable

POLL_SECONDS: Final = 1.0


class LostError(Exception):
    """The test error was accepted and did not arrive in time."""


@dataclass(frozen=True)
class Arrived:
    event_id: str
    project: str
    issue: str
    seconds: float
    """From the moment it was sent until it was found to be counted."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Waiting:
    """How long, and by which clocks."""

    patience: timedelta
    clock: Clock = now
    sleep: Callable[[float], None] = time.sleep


def send_and_wait(dsn: Dsn, errors: ErrorTable, requested_by: str, waiting: Waiting) -> Arrived:
    """Raises NotAcceptedError and LostError."""
    event = new_event(requested_by, waiting.clock())
    deadline, started = Deadline.within(waiting.patience.total_seconds()), time.monotonic()
    send(dsn, event)
    while True:
        if found := errors.event_issue(event["event_id"]):
            return Arrived(event["event_id"], *found, seconds=round(time.monotonic() - started, 1))
        if deadline.remaining <= 0:
            raise LostError(
                f"test error {event['event_id']} was accepted and did not arrive within"
                f" {waiting.patience.total_seconds():g} s (read the logs of error_intake and error_digest)"
            )
        waiting.sleep(POLL_SECONDS)
