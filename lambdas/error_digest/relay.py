"""Messages for the relay to Sentry, as they came."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from lambdas.error_digest.receive import Received
from lambdas.vocabulary.error_tracking import Source

AT_ONCE: Final = 10
LARGEST: Final = 250_000
"""Bytes of one call: SQS takes 256 KiB."""


class RelayError(Exception):
    """The queue of the relay refused messages."""


def forward(sqs: Any, url: str, received: Sequence[Received]) -> None:
    """Only what clients of Sentry sent: what was made of log lines is no event that Sentry's users know.

    Raises RelayError, and what the client raises; the messages then come again, and are forwarded again: Sentry
    deduplicates events by their ids.
    """
    bodies = [each.body for each in received if each.batch.source is Source.SDK]
    for part in _parts(bodies):
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(part)]
        if failed := sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed"):
            raise RelayError(f"the queue of the relay refused {len(failed)} of {len(part)} messages")


def _parts(bodies: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode("utf-8", "replace"))
        if part and (len(part) == AT_ONCE or size + length > LARGEST):
            yield part
            part, size = [], 0
        part.append(body)
        size += length
    if part:
        yield part
