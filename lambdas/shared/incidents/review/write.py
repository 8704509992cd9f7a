"""Keeps a review in the incidents' bucket: never over one that is there, which people may have edited."""

from typing import Any, Final

from botocore.exceptions import ClientError

from lambdas.shared.documents.html import page
from lambdas.shared.documents.markdown import markdown
from lambdas.shared.incidents.review.document import Review
from lambdas.vocabulary.incidents import REVIEWS

MARKDOWN: Final = "review.md"
HTML: Final = "review.html"
MOST_DRAFTS: Final = 20
_IS_THERE: Final = "PreconditionFailed"
_TAKEN_NOW: Final = "ConditionalRequestConflict"
"""Another request writes or deletes the same key at this moment."""


class NoRoomError(Exception):
    """There are too many drafts of one incident."""


def review_folder(number: int) -> str:
    return f"{REVIEWS}{number}/"


def key_of(number: int, name: str = MARKDOWN, draft: int = 1) -> str:
    """`reviews/12/review.md`, and of a later draft `reviews/12/draft-2/review.md`."""
    further = f"draft-{draft}/" if draft > 1 else ""
    return f"{review_folder(number)}{further}{name}"


def write_review(s3: Any, bucket: str, review: Review) -> str:
    """The key of the Markdown; its HTML is beside it.

    `s3` is a boto3 or botocore client.  An incident that came back and ended again has a further draft, beside the
    first one, which stays as people left it.  Writing the same draft again changes nothing.  Raises NoRoomError, and
    what the client raises.
    """
    written = markdown(review).encode()
    for draft in range(1, MOST_DRAFTS + 1):
        key = key_of(review.number, MARKDOWN, draft)
        if _put_new(s3, bucket, key, written, "text/markdown; charset=utf-8") or _is_same(s3, bucket, key, written):
            # Also where the Markdown was there already: the invocation that wrote it may have died before this.
            _put_new(s3, bucket, key_of(review.number, HTML, draft), page(review), "text/html; charset=utf-8")
            return key
    raise NoRoomError(
        f"incident {review.number} has {MOST_DRAFTS} drafts (delete some of {review_folder(review.number)})"
    )


def newest_review(s3: Any, bucket: str, number: int, name: str = MARKDOWN) -> str | None:
    """The key of the newest draft; None before there is one."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=review_folder(number))
    there = {found["Key"] for each in pages for found in each.get("Contents", ())}
    drafts = (key_of(number, name, draft) for draft in range(MOST_DRAFTS, 0, -1))
    return next((key for key in drafts if key in there), None)


def read_review(s3: Any, bucket: str, key: str) -> bytes:
    body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def _put_new(s3: Any, bucket: str, key: str, body: bytes, content_type: str) -> bool:
    """Whether there was none.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] not in (_IS_THERE, _TAKEN_NOW):
            raise
        return False
    return True


def _is_same(s3: Any, bucket: str, key: str, body: bytes) -> bool:
    try:
        return read_review(s3, bucket, key) == body
    except s3.exceptions.NoSuchKey:  # whoever was writing it has not finished
        return False
