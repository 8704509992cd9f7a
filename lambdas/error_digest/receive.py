"""Messages of the queue, as batches of events."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.error_tracking import INCOMING, Batch, Pointer

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a batch in the bucket, inflated: Sentry's limit of an envelope, with room."""


class BadMessageError(ValueError):
    """A message that no repetition makes better."""


@dataclass(frozen=True)
class Received:
    message_id: str
    batch: Batch
    body: str
    """As it came."""


def read_message(record: Mapping[str, Any], s3: Any, bucket: str) -> Received:
    """Raises BadMessageError, which quotes nothing of the message, or what S3 raises."""
    body = record["body"]
    try:
        written = json.loads(body)
        if isinstance(written, dict) and "object" in written:
            written = json.loads(_object(s3, bucket, decode(Pointer, written, ignore_unknown=True).object))
        return Received(record["messageId"], _batch(written), body)
    except BadMessageError:
        raise
    except (ValueError, RecursionError, zlib.error) as error:
        raise BadMessageError(f"a message that cannot be read: {type(error).__name__}") from None


def _object(s3: Any, bucket: str, key: str) -> bytes:
    if not key.startswith(INCOMING):
        raise BadMessageError("a message that points outside the incoming batches")
    try:
        packed = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        raise BadMessageError("a message whose batch is not in the bucket") from None
    inflate = zlib.decompressobj(wbits=31)
    found = inflate.decompress(packed, LARGEST)
    if inflate.unconsumed_tail or not inflate.eof:
        raise BadMessageError("a batch that is too large, or incomplete")
    return found


def _batch(written: Any) -> Batch:
    """Its events are taken as they are: whatever they look like, they are grouped, and one never loses another."""
    if not isinstance(written, dict):
        raise BadMessageError("a message that is no batch")
    events = written.get("events")
    batch = decode(Batch, {**written, "events": ()}, ignore_unknown=True)
    return replace(batch, events=tuple(events) if isinstance(events, list) else ())
