"""A backup's copy held against the backup: every object by what S3 knows of it, the documents byte for byte."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from lambdas.copy_check.copies import Copies, Found
from lambdas.copy_check.faults import ENDLESS, PATIENCE, Fault
from lambdas.shared.catalogue import Commit
from lambdas.vocabulary.backups import MANIFEST, RETENTION_TAG, VERIFICATION, Retention, StoredObject


def compare(copies: Copies, commit: Commit) -> Iterator[Fault]:
    """What is wrong with the copy; nothing for a whole one.  Raises CopyUnreadableError."""
    manifest = commit.manifest
    yield from _manifest(copies, commit)
    for name in (VERIFICATION, *manifest.objects):
        key = manifest.backup + name
        original, replica = copies.original(key), copies.replica(key)
        if replica is None:
            yield _missing(copies, key, original)
        else:
            yield from _object(copies, key, original, replica, manifest.objects.get(name))
    yield from _verification(copies, manifest.backup + VERIFICATION)


def _manifest(copies: Copies, commit: Commit) -> Iterator[Fault]:
    key = commit.manifest.backup + MANIFEST
    document, original = copies.document(key), copies.original(key)
    replica = copies.replica(key)
    if document is None or replica is None:
        yield _missing(copies, key, original)
        return
    if (there := hashlib.sha256(document).hexdigest()) != commit.sha256:
        yield Fault(
            f"the copy of {key} is another manifest: SHA-256 {there} there, {commit.sha256} here"
            " (do not restore from this copy)",
            _until(original) if original and original.replication == "PENDING" else None,
        )
    yield from _object(copies, key, original, replica, None)


def _verification(copies: Copies, key: str) -> Iterator[Fault]:
    """Rewritten by each verification: the newest one may still be on its way."""
    there = copies.document(key)
    if there is not None and there != copies.original_document(key):
        yield Fault(f"the copy of {key} is another verdict than the one here", _until(copies.original(key)))


def _missing(copies: Copies, key: str, original: Found | None) -> Fault:
    state, where = original.replication if original else None, f"in {copies.region}"
    if state == "PENDING":
        return Fault(f"{key} is not copied yet: S3 is behind {where}", _until(original))
    if state == "FAILED":
        return Fault(
            f"{key} was not copied: S3 gave up (see the role backups-replication and the key {where}; take a backup"
            " then, as S3 does not try again)"
        )
    if state is None and original:
        return Fault(
            f"{key} has no copy: it was written before copies were switched on (the next backup has one; to have it"
            " now: ops ENVIRONMENT backup now)",
            ENDLESS,
        )
    return Fault(f"{key} is missing {where}, though S3 says that it was copied: somebody deleted it there")


def _object(
    copies: Copies, key: str, original: Found | None, replica: Found, stored: StoredObject | None
) -> Iterator[Fault]:
    """`stored` is what the manifest says of an object of the backup; None for the documents."""
    if original and original.replication == "FAILED":
        yield Fault(f"{key} has a newer version that was not copied: S3 gave up (see the role backups-replication)")
    if stored and replica.bytes != stored.bytes:
        yield Fault(f"the copy of {key} is damaged: {replica.bytes} of {stored.bytes} bytes")
    elif stored and original and (replica.sha256 is None or replica.sha256 != original.sha256):
        yield Fault(f"the copy of {key} is damaged: S3's SHA-256 is {replica.sha256} there, {original.sha256} here")
    if replica.key_arn != copies.key_arn:
        yield Fault(
            f"the copy of {key} is encrypted with {replica.key_arn or 'no key of KMS'}, not with {copies.key_arn}"
        )
    if original and replica.tags != original.tags:
        text = f"the copy of {key} is tagged {_text(replica)}, here {_text(original)}"
        yield Fault(text, _until(original), spares_data=True)
    elif (RETENTION_TAG, Retention.UNCOMMITTED) in replica.tags:
        yield Fault(f"the copy of {key} is tagged {Retention.UNCOMMITTED}: it expires within a day")


def _until(original: Found | None) -> datetime | None:
    return original.written + PATIENCE if original else None


def _text(found: Found) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(found.tags)) or "nothing"
