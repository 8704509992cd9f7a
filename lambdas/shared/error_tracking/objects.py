"""Objects of the bucket, which may be there or not."""

from typing import Any, Final

_MISSING: Final = ("404", "NoSuchKey", "403", "AccessDenied")
"""S3 denies access to what does not exist where the caller may not list the bucket, as our functions may not.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
"""


def is_missing(error: Any) -> bool:
    """Whether a client's error says that the object is not there; others are faults."""
    return error.response["Error"]["Code"] in _MISSING
