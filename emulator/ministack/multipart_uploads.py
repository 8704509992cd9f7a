"""S3 multipart uploads: tags given at the start reach the object, and parts that are too small are refused."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from ministack.services import s3

SMALLEST_PART = 5 * 1024 * 1024

_create = s3._create_multipart_upload
_complete = s3._complete_multipart_upload


def register() -> None:
    s3._create_multipart_upload = create
    s3._complete_multipart_upload = complete


def create(bucket: str, key: str, headers: Mapping[str, str]) -> Any:
    before = set(s3._multipart_uploads)
    answer = _create(bucket, key, headers)
    for upload in set(s3._multipart_uploads) - before:
        s3._multipart_uploads[upload]["tags"] = dict(parse_qsl(headers.get("x-amz-tagging", "")))
    return answer


def complete(bucket: str, key: str, body: bytes, query: Any, headers: Mapping[str, str] | None = None) -> Any:
    upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"), {})
    if _too_small(upload.get("parts", {})):
        message = "Your proposed upload is smaller than the minimum allowed size"
        return s3._error("EntityTooSmall", message, 400, f"/{bucket}/{key}")
    answer = _complete(bucket, key, body, query, headers)
    if upload.get("tags") and answer[0] == 200:  # noqa: PLR2004
        version = s3._buckets[bucket]["objects"][key].get("version_id")
        s3._object_tags[(bucket, key, version)] = upload["tags"]
    return answer


def _too_small(parts: Mapping[int, Mapping[str, Any]]) -> bool:
    """Every part but the last has to have five megabytes."""
    return any(len(parts[number]["body"]) < SMALLEST_PART for number in sorted(parts)[:-1])
