"""The batches of the queue, in its messages or in the bucket."""

import gzip
import json
from typing import Any

from botocore.exceptions import ClientError

from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.error_tracking import Batch, Pointer

_GONE = ("NoSuchKey", "404")


class NoBatchError(Exception):
    """The message has none, and will not have one."""


def batch_of(body: str, s3: Any, bucket: str) -> Batch:
    """Raises NoBatchError, and what the client raises otherwise."""
    try:
        written = json.loads(body)
        if "object" in written:
            written = json.loads(gzip.decompress(_read(s3, bucket, decode(Pointer, written).object)))
        return decode(Batch, written, ignore_unknown=True)
    except (ValueError, TypeError, EOFError, gzip.BadGzipFile):
        raise NoBatchError("it is not readable") from None


def _read(s3: Any, bucket: str, key: str) -> bytes:
    try:
        content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            raise NoBatchError("it is not in the bucket any more") from None
        raise
    return content
