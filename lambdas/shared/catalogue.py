"""Reading the backups that lie in the bucket.  Only what is committed exists for a reader."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.shared.clock import CLOCK_TOLERANCE, now
from lambdas.vocabulary.backups import (
    MANIFEST,
    VERIFICATION,
    Manifest,
    Verification,
    database_of,
    is_prefix,
    moment_of,
)


class NotABackupError(Exception):
    """The folder has no manifest, or one that does not speak of it: no backup lies there."""


@dataclass(frozen=True)
class Commit:
    """A backup's manifest and the SHA-256 (hex) of the bytes that it was read from."""

    manifest: Manifest
    sha256: str

    @property
    def snapshot_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest.snapshot_at)

    def is_proven_by(self, verification: Verification | None, moment: datetime) -> bool:
        """Whether the restore that `verification` speaks of was of this very backup, and counts at `moment`."""
        return (
            verification is not None
            and verification.is_proof_at(moment)
            and verification.backup == self.manifest.backup
            and verification.manifest_sha256 == self.sha256
        )


@dataclass(frozen=True)
class Catalogue:
    """The committed backups of one bucket; `s3` is a boto3 or botocore client."""

    s3: Any
    bucket: str

    def prefixes(self, database: str) -> list[str]:
        """The folders that hold a manifest, newest first; last are those whose date is still to come, and so false."""
        keys = self._keys(f"{database}/")
        found = (key.removesuffix(MANIFEST) for key in keys if key.endswith(f"/{MANIFEST}"))
        latest = now() + CLOCK_TOLERANCE
        return sorted(filter(is_prefix, found), key=lambda one: (moment_of(one) <= latest, one), reverse=True)

    def commit(self, prefix: str) -> Commit:
        """The manifest of the backup at `prefix`; raises NotABackupError when there is none that fits."""
        document = self._read(prefix + MANIFEST)
        if document is None:
            raise NotABackupError(f"{prefix!r} is not a backup: it has no {MANIFEST} (list the bucket's backups)")
        try:
            manifest = Manifest.from_json(document)
        except ValueError as error:
            raise NotABackupError(f"{prefix!r} is not a backup: {error}") from error
        if manifest.backup != prefix or manifest.database != database_of(prefix):
            raise NotABackupError(
                f"{prefix!r} is not a backup: its manifest belongs to {manifest.backup!r} of {manifest.database!r}"
            )
        return Commit(manifest, hashlib.sha256(document).hexdigest())

    def verification(self, prefix: str) -> Verification | None:
        """What the restore of the backup at `prefix` showed; None when it was not restored, or unreadably so."""
        document = self._read(prefix + VERIFICATION)
        if document is None:
            return None
        try:
            return Verification.from_json(document)
        except ValueError:
            return None

    def _keys(self, prefix: str) -> Iterator[str]:
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for entry in page.get("Contents", ()):
                yield entry["Key"]

    def _read(self, key: str) -> bytes | None:
        try:
            body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None
        return body


def newest_proven(catalogue: Catalogue, database: str, moment: datetime) -> Commit | None:
    """The newest backup that counts as proven at `moment`; a folder that is no backup is passed over."""
    for prefix in catalogue.prefixes(database):
        try:
            commit = catalogue.commit(prefix)
        except NotABackupError:
            continue
        if commit.is_proven_by(catalogue.verification(prefix), moment):
            return commit
    return None
