"""Messages of the queue, as batches of events."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.shared.error_tracking.incoming import UnreadBatchError, read_batch
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.error_tracking import Batch, Event, Pointer, Source


class BadMessageError(ValueError):
    """A message that no repetition makes better."""


@dataclass(frozen=True)
class Received:
    """A message without its events: hundreds of them at once are read one by one, and not held."""

    message_id: str
    batch: Batch
    body: str
    """As it came."""
    in_bucket: bool = False


def read_message(record: Mapping[str, Any], s3: Any, bucket: str) -> tuple[Received, list[Any]]:
    """The message and its events.  Raises BadMessageError, which quotes nothing of it, or what S3 raises."""
    body = record["body"]
    try:
        written = json.loads(body)
        in_bucket = isinstance(written, dict) and "object" in written
        if in_bucket:
            written = json.loads(read_batch(s3, bucket, decode(Pointer, written, ignore_unknown=True).object))
        batch, events = _batch(written)
    except BadMessageError:
        raise
    except UnreadBatchError as error:
        raise BadMessageError(str(error)) from None
    except (ValueError, RecursionError) as error:
        raise BadMessageError(f"a message that cannot be read: {type(error).__name__}") from None
    return Received(record["messageId"], batch, body, in_bucket), events


def event_again(body: str, number: int) -> Event:
    """An event of a message that lies in no bucket, read a second time."""
    event: Event = json.loads(body)["events"][number]
    return event


def _batch(written: Any) -> tuple[Batch, list[Any]]:
    """Its events are taken as they are: whatever they look like, they are grouped, and one never loses another.

    Field by field: there is one batch for each event, and the codec's general way takes as long as reading the JSON.
    """
    try:
        project, received_at = written["project"], datetime.fromisoformat(written["received_at"])
        source, events = Source(written["source"]), written.get("events", [])
        has_counts = bool(written.get("dropped") or written.get("sessions"))
    except (TypeError, KeyError, AttributeError) as error:
        raise BadMessageError(f"a message that is no batch: {type(error).__name__}") from None
    if not isinstance(project, str) or not isinstance(events, list) or received_at.tzinfo is None:
        raise BadMessageError("a message that is no batch")
    if has_counts:
        return decode(Batch, {**written, "events": ()}, ignore_unknown=True), events
    return Batch(project, source, received_at), events
