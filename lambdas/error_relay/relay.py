"""Sends errors on to a Sentry: scrubbed ones, once each if all goes well, and never at the cost of anything else.

A Sentry that does not answer is left alone for a while, and what is too old by then is given up.  A message that was
sent in part is sent again as a whole: Sentry knows events by their ids.
"""

import gzip
import json
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.error_relay.batches import NoBatchError, batch_of
from lambdas.error_relay.dsn import BadDsnError, Dsn
from lambdas.error_relay.settings import Settings
from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.delivery_errors import PermanentError, RetryError
from lambdas.shared.observability import logger
from lambdas.shared.post import Request
from lambdas.shared.service import own_names
from lambdas.shared.stored_values import StoredValues, UnreadableError
from lambdas.vocabulary.error_tracking import RELAYED_BY, Batch, Event

TIMEOUT: Final = 5.0
"""Seconds for each event."""
LEAST_TIME: Final = 2 * TIMEOUT
"""With less left, no message is begun."""
PAUSE: Final = 60.0
"""Seconds for which a Sentry that failed is left alone, unless it says for how long."""
LONGEST_PAUSE: Final = 900.0


class Post(Protocol):
    def __call__(self, request: Request, *, timeout: float) -> object: ...


class Relay:
    """One instance's: it remembers for how long Sentry wants nothing.  `monotonic` is in seconds."""

    def __init__(
        self,
        settings: Settings,
        stored: StoredValues,
        post: Post,
        *,
        sqs: Any,
        s3: Any,
        clock: Clock = now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._stored, self._post = settings, stored, post
        self._sqs, self._s3, self._clock, self._monotonic = sqs, s3, clock, monotonic
        self._paused_until = -1.0

    def relay_all(self, records: Sequence[Mapping[str, Any]], deadline: Deadline) -> dict[str, Any]:
        """Answers as Lambda wants it of a queue: which messages are to come again."""
        again, outcome = [], _Outcome()
        for record in records:
            try:
                self._relay(record, deadline, outcome)
            except RetryError as error:
                again.append(record["messageId"])
                outcome.later[str(error)] += 1
                self._delay(record, error)
        outcome.log()
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in again]}

    def _relay(self, record: Mapping[str, Any], deadline: Deadline, outcome: "_Outcome") -> None:
        """Raises RetryError."""
        if self._monotonic() < self._paused_until:
            raise RetryError("Sentry is left alone for a while", self._paused_until - self._monotonic())
        if deadline.remaining < LEAST_TIME:
            raise RetryError("no time is left")
        try:
            batch = self._batch(record)
        except NoBatchError as error:
            outcome.dropped[f"a batch is lost: {error}"] += 1
            return
        if self._clock() - batch.received_at > self._settings.give_up:
            outcome.dropped["too old"] += len(batch.events)
        elif batch.events:
            self._send_all(batch, deadline, outcome)

    def _batch(self, record: Mapping[str, Any]) -> Batch:
        try:
            return batch_of(record["body"], self._s3, self._settings.bucket)
        except (ClientError, BotoCoreError) as error:
            raise RetryError(f"the bucket does not answer: {error}") from None

    def _send_all(self, batch: Batch, deadline: Deadline, outcome: "_Outcome") -> None:
        dsn = self._dsn()
        if {dsn.host, dsn.address} & {*self._settings.own_hosts}:
            outcome.dropped["the DSN leads back to this system"] += len(batch.events)
            return
        for event in batch.events:
            if deadline.remaining < TIMEOUT:
                raise RetryError("no time is left")
            self._send(event, dsn, outcome)

    def _send(self, event: Event, dsn: Dsn, outcome: "_Outcome") -> None:
        try:
            self._post(self._request(event, dsn), timeout=TIMEOUT)
            outcome.sent += 1
        except PermanentError as error:
            if self._was_replaced(dsn):
                raise RetryError("the DSN was replaced") from None
            outcome.dropped[str(error)] += 1
        except RetryError as error:
            self._paused_until = self._monotonic() + min(error.after or PAUSE, LONGEST_PAUSE)
            raise RetryError(str(error), self._paused_until - self._monotonic()) from None

    def _request(self, event: Event, dsn: Dsn) -> Request:
        sent_at = self._clock().isoformat().replace("+00:00", "Z")
        lines = ({"event_id": event.get("event_id"), "sent_at": sent_at}, {"type": "event"}, event)
        body = "\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
        client = f"{own_names().service}-relay/1"
        headers = {
            "Content-Type": "application/x-sentry-envelope",
            "Content-Encoding": "gzip",
            "User-Agent": client,
            "X-Sentry-Auth": f"Sentry sentry_version=7, sentry_client={client}, sentry_key={dsn.key}",
            RELAYED_BY: self._settings.environment,
        }
        return Request(dsn.url, gzip.compress(body.encode(), 5), headers)

    def _dsn(self) -> Dsn:
        """Raises RetryError: an operator can correct it."""
        try:
            return Dsn.parse(self._stored.of(*self._settings.dsn_stored))
        except (UnreadableError, BadDsnError) as error:
            self._stored.forget(*self._settings.dsn_stored)
            raise RetryError(f"Sentry's DSN cannot be used: {error}", PAUSE) from None

    def _was_replaced(self, refused: Dsn) -> bool:
        self._stored.forget(*self._settings.dsn_stored)
        return self._dsn() != refused

    def _delay(self, record: Mapping[str, Any], error: RetryError) -> None:
        """Otherwise it comes again when the queue's own time is over."""
        if not error.after:
            return
        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._settings.queue_url,
                ReceiptHandle=record.get("receiptHandle", ""),
                VisibilityTimeout=math.ceil(min(error.after, LONGEST_PAUSE)),
            )
        except (ClientError, BotoCoreError) as failed:
            logger.warning("a message comes again too soon", reason=type(failed).__name__)


@dataclass
class _Outcome:
    """Of one invocation, logged by one line of each level: a storm must not become one of the log."""

    sent: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    """Errors, by the reason."""
    later: Counter[str] = field(default_factory=Counter)
    """Messages."""

    def log(self) -> None:
        if self.dropped:
            logger.error("errors were not relayed to Sentry", errors=dict(self.dropped))
        if self.later:
            logger.warning("messages wait for Sentry", messages=dict(self.later))
        if self.sent:
            logger.info("errors were relayed to Sentry", errors=self.sent)
