"""Backups and their copies, side by side."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from lambdas.copy_check.faults import copies_readable, is_missing
from lambdas.shared.catalogue import Catalogue


@dataclass(frozen=True)
class Found:
    """An object, as S3 describes it without sending its bytes."""

    bytes: int
    sha256: str | None
    """Base64; of an upload in parts it is the hash of the parts' hashes and ends with their number, and a copy has the
    same parts.  None where the object was written without one."""
    key_arn: str | None
    """Of the key that it is encrypted with."""
    replication: str | None
    """PENDING, COMPLETED, FAILED, or REPLICA; None for what S3 was never asked to copy."""
    written: datetime
    tags: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Copies:
    source: Catalogue
    copy: Catalogue
    region: str
    """Of the copies."""
    key_arn: str
    """Of the key that they must be encrypted with."""

    def original(self, key: str) -> Found | None:
        """None where it is missing; raises what the client of S3 raises."""
        return _found(self.source, key)

    def replica(self, key: str) -> Found | None:
        """None where it is missing; raises CopyUnreadableError."""
        with copies_readable(self.copy.bucket, self.region):
            return _found(self.copy, key)

    def document(self, key: str) -> bytes | None:
        """A copied document; None where it is missing.  Raises CopyUnreadableError."""
        with copies_readable(self.copy.bucket, self.region):
            return _read(self.copy, key)

    def original_document(self, key: str) -> bytes | None:
        return _read(self.source, key)


def _found(catalogue: Catalogue, key: str) -> Found | None:
    at: dict[str, Any] = {"Bucket": catalogue.bucket, "Key": key}
    try:
        head = catalogue.s3.head_object(**at, ChecksumMode="ENABLED")
        tags = catalogue.s3.get_object_tagging(**at)["TagSet"]
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    return Found(
        bytes=head["ContentLength"],
        sha256=head.get("ChecksumSHA256"),
        key_arn=head.get("SSEKMSKeyId"),
        replication=head.get("ReplicationStatus"),
        written=head["LastModified"],
        tags=frozenset((tag["Key"], tag["Value"]) for tag in tags),
    )


def _read(catalogue: Catalogue, key: str) -> bytes | None:
    try:
        body: bytes = catalogue.s3.get_object(Bucket=catalogue.bucket, Key=key)["Body"].read()
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    return body
