"""Putting objects into the bucket, each held to the size and the checksum that were sent."""

import base64
import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.database_backup.errors import BackupInterruptedError, OutOfTimeError
from lambdas.shared.clock import Deadline
from lambdas.shared.observability import logger
from lambdas.vocabulary.backups import RETENTION_TAG, Retention, StoredObject

PIECE_SIZE = 16 * 2**20  # bytes
_MOST_PARTS = 10_000  # that S3 takes
_PARTS_OF_ONE_SIZE = 1500
_PENDING = 2
_LAST_PART_PATIENCE = 5  # seconds

UNCOMMITTED = f"{RETENTION_TAG}={Retention.UNCOMMITTED}"


def pieces_in(part: int) -> int:
    """How many pieces make up the part of this number, counted from 1: each further 1500 parts have twice as many.

    So S3's 10 000 parts hold 2.4 TiB; a part has 16 MiB up to 23 GiB, 64 MiB up to 164 GiB, and 1 GiB in the end.
    """
    return int(2 ** ((part - 1) // _PARTS_OF_ONE_SIZE))


class Upload:
    """An object sent in parts by one thread while the next ones are made; aborted unless it was completed.

    Two parts wait or travel at most, so memory stays at four times that of a part however slow the bucket is.
    """

    def __init__(self, s3: Any, bucket: str, key: str, work: Deadline) -> None:
        self._s3, self._at, self._work = s3, {"Bucket": bucket, "Key": key}, work
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="upload")
        self._pending: deque[Future[dict[str, Any]]] = deque()
        self._sent: list[dict[str, Any]] = []
        self._pieces: list[bytes] = []  # of the next part
        self._parts = self._bytes = 0
        self._sha256, self._sha256_of_parts = hashlib.sha256(), hashlib.sha256()
        self._id: str | None = None

    def __enter__(self) -> Self:
        started = self._s3.create_multipart_upload(**self._at, ChecksumAlgorithm="SHA256", Tagging=UNCOMMITTED)
        self._id = started["UploadId"]
        return self

    def __exit__(self, *_: object) -> None:
        self._sender.shutdown(wait=False, cancel_futures=True)
        if self._id:
            self._abort(self._id)

    def send(self, piece: bytes) -> None:
        """Hand over the next piece; waits while two parts are under way.  Raises what sending an earlier one raised."""
        self._pieces.append(piece)
        self._bytes += len(piece)
        if len(self._pieces) == pieces_in(self._parts + 1):
            self._begin_part()

    def complete(self) -> StoredObject:
        """Join the parts into the object, and see that it is what was sent."""
        if self._pieces:
            self._begin_part()
        while self._pending:
            self._collect()
        checksum = f"{base64_of(self._sha256_of_parts.digest())}-{self._parts}"
        self._s3.complete_multipart_upload(**self._at, UploadId=self._id, MultipartUpload={"Parts": self._sent})
        self._id = None
        stored = StoredObject(self._bytes, self._sha256.hexdigest())
        _verify(self._s3, self._at, stored, checksum)
        return stored

    def _begin_part(self) -> None:
        if self._parts == _MOST_PARTS:
            raise BackupInterruptedError(
                f"the compressed dump is larger than the {self._bytes} bytes that {_MOST_PARTS} parts of an upload hold"
                " (leave rows out: database.excluded_table_data)"
            )
        if len(self._pending) == _PENDING:
            self._collect()
        self._parts += 1
        part = b"".join(self._pieces)
        self._pieces.clear()
        self._pending.append(self._sender.submit(self._send, self._parts, part))

    def _send(self, number: int, part: bytes) -> dict[str, Any]:
        """Hashes here, not where the next part is made: pg_dump would have to wait for that."""
        digest = hashlib.sha256(part).digest()
        self._sha256.update(part)
        self._sha256_of_parts.update(digest)
        about = {"PartNumber": number, "ChecksumSHA256": base64_of(digest)}
        answer = self._s3.upload_part(**self._at, UploadId=self._id, Body=part, **about)
        return {**about, "ETag": answer["ETag"]}

    def _collect(self) -> None:
        try:
            self._sent.append(self._pending.popleft().result(max(self._work.remaining, 0)))
        except TimeoutError:
            raise OutOfTimeError(f"the bucket took {len(self._sent)} of {self._parts} parts in time") from None

    def _abort(self, upload: str) -> None:
        under_way = [part for part in self._pending if not part.cancelled()]
        wait(under_way, _LAST_PART_PATIENCE)  # a part that arrives after the abort would stay
        try:
            self._s3.abort_multipart_upload(**self._at, UploadId=upload)
        except (ClientError, BotoCoreError) as error:
            logger.warning(
                "the upload could not be aborted; it expires in a day", reason=str(error), key=self._at["Key"]
            )


def put(s3: Any, bucket: str, key: str, content: bytes) -> StoredObject:
    """Put a small object, not committed yet, and see that it is what was sent."""
    at, digest = {"Bucket": bucket, "Key": key}, hashlib.sha256(content).digest()
    s3.put_object(**at, Body=content, ChecksumSHA256=base64_of(digest), Tagging=UNCOMMITTED)
    stored = StoredObject(len(content), digest.hex())
    _verify(s3, at, stored, base64_of(digest))
    return stored


def abort_leftovers(s3: Any, bucket: str, database: str) -> None:
    """Abort the uploads that earlier runs died over.  Call it in one's turn only: then none of them is alive."""
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=f"{database}/")
    for upload in [upload for page in pages for upload in page.get("Uploads", ())]:
        logger.info("aborting the upload of a run that died", key=upload["Key"])
        s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])


def _verify(s3: Any, at: dict[str, str], sent: StoredObject, checksum: str) -> None:
    found = s3.head_object(**at, ChecksumMode="ENABLED")
    there = found["ContentLength"], found.get("ChecksumSHA256")
    if there != (sent.bytes, checksum):
        raise BackupInterruptedError(
            f"{at['Key']!r} in the bucket is not what was sent: {there[0]} bytes with SHA-256 {there[1]} there,"
            f" {sent.bytes} bytes with {checksum} sent"
        )


def base64_of(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
