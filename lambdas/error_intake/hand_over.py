"""Hands batches to the digest: by its queue, and large ones by the bucket."""

import gzip
import json
import uuid
from dataclasses import replace
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.observability import logger
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.error_tracking import INCOMING, Batch, Pointer

LARGEST_MESSAGE: Final = 200_000
"""Bytes.  SQS bills each 64 KB as a message; a batch of its own in the bucket costs as much as eight of them."""


class NotHandedOverError(Exception):
    """Nobody has the batch."""


class HandOver:
    def __init__(self, sqs: Any, s3: Any, bucket: str, queue_url: str, relay_queue_url: str | None = None) -> None:
        self._sqs, self._s3, self._bucket = sqs, s3, bucket
        self._queue_url, self._relay_queue_url = queue_url, relay_queue_url

    def send(self, batch: Batch) -> None:
        """Raises NotHandedOverError.  That the relay's queue fails is logged: the digest has the batch."""
        try:
            message = self._message(batch)
            self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=message)
        except (ClientError, BotoCoreError) as error:
            raise NotHandedOverError(str(error)) from error
        if self._relay_queue_url and batch.events:
            self._send_to_relay(message)

    def _send_to_relay(self, message: str) -> None:
        try:
            self._sqs.send_message(QueueUrl=self._relay_queue_url, MessageBody=message)
        except (ClientError, BotoCoreError) as error:
            logger.warning("errors are not relayed to Sentry: the queue failed", reason=str(error))

    def _message(self, batch: Batch) -> str:
        written = to_json(batch)
        if len(written) <= LARGEST_MESSAGE:
            return written
        key = f"{INCOMING}{batch.received_at:%Y-%m-%d}/{uuid.uuid4().hex}.json.gz"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=gzip.compress(written.encode(), 5))
        return Pointer(key).to_json()


def to_json(batch: Batch) -> str:
    """As `Batch.to_json`, in ASCII without blanks; events are JSON already and are not walked once more."""
    document = encode(replace(batch, events=())) | {"events": batch.events}
    return json.dumps(document, separators=(",", ":"))
