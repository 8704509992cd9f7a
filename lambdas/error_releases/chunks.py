"""Chunks of a file that is uploaded: each is named by its SHA-1, and kept compressed until its lifecycle ends."""

import gzip
import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from lambdas.error_releases.call import Call
from lambdas.error_releases.http import RefusedError, answer
from lambdas.error_releases.inflate import TooLargeError, inflated
from lambdas.error_releases.multipart import Part, files_of
from lambdas.shared.error_tracking.objects import is_missing
from lambdas.vocabulary.error_tracking import UPLOADS

CHUNK_SIZE: Final = 2 * 1024**2
"""In base64, as an HTTP API hands it over, a request stays far below the 6 MB that a function is given."""
MOST_CHUNKS: Final = 32
_COMPRESSED: Final = "file_gzip"
_SHA1 = re.compile(r"[0-9a-f]{40}")


def options(call: Call, _: Mapping[str, str]) -> dict[str, Any]:
    """How sentry-cli is to upload."""
    return answer(
        {
            "url": f"organizations/{call.to.organization}/chunk-upload/",
            "chunkSize": CHUNK_SIZE,
            "chunksPerRequest": 1,
            "maxRequestSize": 2 * CHUNK_SIZE,
            "maxFileSize": MOST_CHUNKS * CHUNK_SIZE,
            "concurrency": 2,
            "hashAlgorithm": "sha1",
            "compression": ["gzip"],
            "accept": ["release_files", "artifact_bundles", "artifact_bundles_v2"],
        }
    )


def upload(call: Call, _: Mapping[str, str]) -> dict[str, Any]:
    """All are checked before one is kept."""
    parts = files_of(call.request)
    found = {part.filename: _checked(part) for part in parts}
    for checksum, compressed in found.items():
        Chunks.of(call).keep(checksum, compressed)
    return answer({})


def is_checksum(written: Any) -> bool:
    return isinstance(written, str) and bool(_SHA1.fullmatch(written))


@dataclass(frozen=True)
class Chunks:
    """Those of a project; raises what the client of S3 raises."""

    s3: Any
    bucket: str
    project: str

    @classmethod
    def of(cls, call: Call) -> "Chunks":
        return cls(call.to.s3, call.to.bucket, call.project)

    def keep(self, checksum: str, compressed: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=self._key(checksum), Body=compressed)

    def missing(self, checksums: Sequence[str]) -> list[str]:
        return [checksum for checksum in dict.fromkeys(checksums) if not self._is_kept(checksum)]

    def joined(self, checksums: Sequence[str]) -> bytes:
        return b"".join(self._read(checksum) for checksum in checksums)

    def _is_kept(self, checksum: str) -> bool:
        try:
            self.s3.head_object(Bucket=self.bucket, Key=self._key(checksum))
        except self.s3.exceptions.ClientError as error:
            if not is_missing(error):
                raise
            return False
        return True

    def _read(self, checksum: str) -> bytes:
        body = self.s3.get_object(Bucket=self.bucket, Key=self._key(checksum))["Body"]
        return inflated(body.read(), CHUNK_SIZE)

    def _key(self, checksum: str) -> str:
        return f"{UPLOADS}{self.project}/chunks/{checksum}"


def _checked(part: Part) -> bytes:
    """The chunk, compressed; raises RefusedError."""
    if not is_checksum(part.filename):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "a chunk is not named by its SHA-1")
    try:
        content = inflated(part.content, CHUNK_SIZE) if part.name == _COMPRESSED else part.content
    except TooLargeError:
        content = b"." * (CHUNK_SIZE + 1)
    except zlib.error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "a chunk cannot be decompressed") from None
    if len(content) > CHUNK_SIZE:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a chunk is larger than {CHUNK_SIZE} bytes")
    if hashlib.sha1(content, usedforsecurity=False).hexdigest() != part.filename:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "a chunk is not what its SHA-1 says")
    return part.content if part.name == _COMPRESSED else gzip.compress(content)
