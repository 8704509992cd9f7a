"""The last step: what was uploaded becomes a backup, or stays nothing."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.database_backup.errors import BackupInterruptedError
from lambdas.database_backup.upload import base64_of
from lambdas.shared.observability import logger
from lambdas.vocabulary.backups import MANIFEST, RETENTION_TAG, Manifest, Retention, moment_of


def retention_of(moment: datetime, committed: Sequence[str]) -> Retention:
    """The first backup of a calendar month is kept as monthly, of an ISO week as weekly, any other as daily.

    `committed` are the prefixes of the backups that exist already.
    """
    earlier = [moment_of(prefix) for prefix in committed]
    if not any((one.year, one.month) == (moment.year, moment.month) for one in earlier):
        return Retention.MONTHLY
    if not any(one.isocalendar()[:2] == moment.isocalendar()[:2] for one in earlier):
        return Retention.WEEKLY
    return Retention.DAILY


def commit(s3: Any, bucket: str, manifest: Manifest) -> None:
    """Give the objects their class and write the manifest, which must not exist yet; they expire when that fails."""
    keys, document = [manifest.backup + name for name in manifest.objects], manifest.to_json()
    try:
        for key in keys:
            _tag(s3, bucket, key, manifest.retention)
        _put_manifest(s3, bucket, manifest, document)
    except (ClientError, BotoCoreError):
        # The answer may have been lost and not the manifest, and then the objects must stay.
        found = _read_manifest(s3, bucket, manifest.backup)
        if found == document:
            return
        if found is not None:
            raise BackupInterruptedError(f"another run has committed {manifest.backup!r} meanwhile") from None
        _take_back(s3, bucket, keys)
        raise


def _put_manifest(s3: Any, bucket: str, manifest: Manifest, document: bytes) -> None:
    s3.put_object(
        Bucket=bucket,
        Key=manifest.backup + MANIFEST,
        Body=document,
        ChecksumSHA256=base64_of(hashlib.sha256(document).digest()),
        ContentType="application/json",
        Tagging=f"{RETENTION_TAG}={manifest.retention}",
        IfNoneMatch="*",
    )


def _read_manifest(s3: Any, bucket: str, prefix: str) -> bytes | None:
    try:
        document: bytes = s3.get_object(Bucket=bucket, Key=prefix + MANIFEST)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    return document


def _tag(s3: Any, bucket: str, key: str, retention: Retention) -> None:
    tagging = {"TagSet": [{"Key": RETENTION_TAG, "Value": retention}]}
    s3.put_object_tagging(Bucket=bucket, Key=key, Tagging=tagging)


def _take_back(s3: Any, bucket: str, keys: Sequence[str]) -> None:
    for key in keys:
        try:
            _tag(s3, bucket, key, Retention.UNCOMMITTED)
        except (ClientError, BotoCoreError) as error:
            logger.warning("an object of no backup keeps its retention class", key=key, reason=str(error))
