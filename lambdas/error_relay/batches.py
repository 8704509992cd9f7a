"""The batches of the queue, in its messages or in the bucket."""

import json
from typing import Any

from lambdas.shared.error_tracking.incoming import UnreadBatchError, read_batch
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.error_tracking import Batch, Pointer


class NoBatchError(Exception):
    """The message has none, and will not have one."""


def batch_of(body: str, s3: Any, bucket: str) -> Batch:
    """Raises NoBatchError, and what the client raises otherwise."""
    try:
        written = json.loads(body)
        if "object" in written:
            written = json.loads(read_batch(s3, bucket, decode(Pointer, written, ignore_unknown=True).object))
        return decode(Batch, written, ignore_unknown=True)
    except UnreadBatchError as error:
        raise NoBatchError(str(error)) from None
    except (ValueError, TypeError, RecursionError):
        raise NoBatchError("it is not readable") from None
