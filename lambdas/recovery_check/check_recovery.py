"""Measures the recovery points from the backups that exist."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lambdas.recovery_check.pin_latest_proven import pin_latest_proven
from lambdas.recovery_check.settings import Settings
from lambdas.shared.catalogue import Catalogue, Commit, NotABackupError
from lambdas.shared.clock import CLOCK_TOLERANCE, Clock, now
from lambdas.shared.observability import logger, publish
from lambdas.vocabulary.backups import Verification
from lambdas.vocabulary.metrics import Dimension, Metric


def check_recovery(settings: Settings, catalogue: Catalogue, rds: Any, clock: Clock = now) -> dict[str, float | None]:
    """Publish and return the ages, in seconds, of the three recovery points; None for one that does not exist.

    An age that is None is not published: the alarms on backups treat missing data as breaching.  That of RDS's
    restorable time is published only when it is too old, and the alarms on backups report a check that died.
    """
    moment = clock()
    newest, proven, verification = _newest(catalogue, settings.database, moment)
    points = {
        Metric.BACKUP_AGE: newest and _snapshot_of(newest),
        Metric.VERIFIED_BACKUP_AGE: proven and _snapshot_of(proven),
        Metric.RESTORABLE_TIME_AGE: rds and _restorable_time(rds, settings.instance_identifier),
    }
    ages = {metric: (moment - point).total_seconds() if point else None for metric, point in points.items()}
    healthy = settings.restorable_time_healthy.total_seconds()
    known = {
        metric: age
        for metric, age in ages.items()
        if age is not None and (metric is not Metric.RESTORABLE_TIME_AGE or age > healthy)
    }
    if known:
        publish(known, environment=settings.environment, **{Dimension.DATABASE: settings.database})
    answer = {str(metric): age for metric, age in ages.items()}
    verdict = verification and verification.text_at(moment)
    logger.info("recovery points measured", database=settings.database, ages=answer, verdict=verdict)
    if proven:
        pin_latest_proven(catalogue, settings.database, proven.manifest)
    return answer


def _newest(
    catalogue: Catalogue, database: str, moment: datetime
) -> tuple[Commit | None, Commit | None, Verification | None]:
    """The newest committed backup, and the newest proven one with its proof."""
    newest = None
    for commit in _commits(catalogue, database, moment):
        newest = newest or commit
        verification = catalogue.verification(commit.manifest.backup)
        if commit.is_proven_by(verification, moment):
            return newest, commit, verification
    return newest, None, None


def _commits(catalogue: Catalogue, database: str, moment: datetime) -> Iterator[Commit]:
    for prefix in catalogue.prefixes(database):
        try:
            commit = catalogue.commit(prefix)
        except NotABackupError as error:
            logger.error("a folder was passed over", backup=prefix, reason=str(error))
            continue
        if _snapshot_of(commit) > moment + CLOCK_TOLERANCE:  # its negative age would silence the alarm
            logger.error("a backup was passed over", backup=prefix, reason="its snapshot lies in the future")
            continue
        yield commit


def _snapshot_of(commit: Commit) -> datetime:
    return datetime.fromisoformat(commit.manifest.snapshot_at)


def _restorable_time(rds: Any, instance_identifier: str | None) -> datetime | None:
    """The latest moment that RDS can restore to; while there is none, that of the instance's making.

    None of an instance that is only being made.
    """
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier=instance_identifier)["DBInstances"]
    moment: datetime | None = instance.get("LatestRestorableTime") or instance.get("InstanceCreateTime")
    return moment
