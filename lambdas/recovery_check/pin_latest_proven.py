"""Keeps the newest proven backup from expiry: retention must not delete the last one that is known to restore."""

from lambdas.shared.catalogue import Catalogue
from lambdas.shared.observability import logger
from lambdas.vocabulary.backups import DUMP, MANIFEST, RETENTION_TAG, VERIFICATION, Manifest, Retention


def pin_latest_proven(catalogue: Catalogue, database: str, proven: Manifest) -> None:
    """Tag `proven` as the one to keep, and give the backup that was kept before back to its own class.

    The old one is released first: a run that dies in between leaves none pinned, and the next run pins again.
    """
    if _retention_of(catalogue, proven.backup) == Retention.LATEST_PROVEN:
        return
    for prefix in catalogue.prefixes(database):
        if _retention_of(catalogue, prefix) == Retention.LATEST_PROVEN:
            manifest = catalogue.commit(prefix).manifest
            _tag(catalogue, manifest, manifest.retention)
            logger.info("a backup was released to expire with its class", backup=prefix, retention=manifest.retention)
    _tag(catalogue, proven, Retention.LATEST_PROVEN)
    logger.info("the newest proven backup is kept from expiry", backup=proven.backup)


def _retention_of(catalogue: Catalogue, prefix: str) -> str | None:
    try:
        tags = catalogue.s3.get_object_tagging(Bucket=catalogue.bucket, Key=prefix + DUMP)["TagSet"]
    except catalogue.s3.exceptions.NoSuchKey:  # the lifecycle deleted the dump before its manifest
        return None
    return next((tag["Value"] for tag in tags if tag["Key"] == RETENTION_TAG), None)


def _tag(catalogue: Catalogue, manifest: Manifest, retention: Retention) -> None:
    # The dump is tagged last: its tag is the one that is read, so a run that dies half-way is done again.
    others = [name for name in (*manifest.objects, MANIFEST, VERIFICATION) if name != DUMP]
    for name in (*others, DUMP):
        catalogue.s3.put_object_tagging(
            Bucket=catalogue.bucket,
            Key=manifest.backup + name,
            Tagging={"TagSet": [{"Key": RETENTION_TAG, "Value": retention}]},
        )
