"""Batches that were too large for a message, as they lie in the bucket until they are digested."""

import zlib
from typing import Any, Final

from lambdas.vocabulary.error_tracking import INCOMING

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a batch, inflated: Sentry's limit of an envelope, with room."""


class UnreadBatchError(ValueError):
    """No repetition makes it better; it quotes nothing of the batch."""


def read_batch(s3: Any, bucket: str, key: str) -> bytes:
    """The JSON under `key`.  `s3` is a boto3 or botocore client.  Raises UnreadBatchError, or what S3 raises."""
    if not key.startswith(INCOMING):
        raise UnreadBatchError("a message that points outside the incoming batches")
    try:
        packed = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        raise UnreadBatchError("a message whose batch is not in the bucket") from None
    inflate = zlib.decompressobj(wbits=31)
    try:
        found = inflate.decompress(packed, LARGEST)
    except zlib.error as error:
        raise UnreadBatchError(f"a batch that cannot be inflated: {type(error).__name__}") from None
    if inflate.unconsumed_tail or not inflate.eof:
        raise UnreadBatchError("a batch that is too large, or incomplete")
    return found
