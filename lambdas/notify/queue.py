"""Work that the function leaves for a later invocation, as messages of its own queue."""

import json
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lambdas.notify.errors import BadMessageError

LONGEST_DELAY = timedelta(minutes=15)  # of SQS


@dataclass(frozen=True)
class Flush:
    """Dispatch what waits, now that the level's window closes."""

    level: str
    window: str


@dataclass(frozen=True)
class Deliver:
    """Deliver what is in the channel's outbox; `attempt` counts from 0."""

    channel: str
    attempt: int = 0


@dataclass(frozen=True)
class Queue:
    sqs: Any
    url: str

    def flush(self, work: Flush, delay: timedelta) -> None:
        self._send({"flush": vars(work)}, delay)

    def deliver(self, work: Deliver, delay: timedelta = timedelta(0)) -> None:
        self._send({"deliver": vars(work)}, delay)

    def again(self, envelope: dict[str, Any], delay: timedelta) -> None:
        """Put a notification back, to be received later."""
        self._send(envelope, delay)

    def _send(self, body: dict[str, Any], delay: timedelta) -> None:
        seconds = max(0, math.ceil(min(delay, LONGEST_DELAY).total_seconds()))  # rounded down, it would come too early
        self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(body), DelaySeconds=seconds)


def work_of(body: str) -> Flush | Deliver | dict[str, Any]:
    """What a message asks for: own work, or an SNS envelope to be read; raises BadMessageError for anything else."""
    try:
        match json.loads(body):
            case {"flush": dict(work)}:
                return Flush(**work)
            case {"deliver": dict(work)}:
                return Deliver(**work)
            case {"Type": "Notification"} as envelope:
                return dict(envelope)
    except (ValueError, TypeError) as error:
        raise BadMessageError(f"a message that cannot be read: {error}") from None
    raise BadMessageError("a message that is neither a notification nor work of this function")
