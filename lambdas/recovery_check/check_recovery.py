"""Measures the recovery points from the backups that exist."""

from datetime import datetime
from typing import Any

from lambdas.recovery_check.pin_latest_proven import pin_latest_proven
from lambdas.recovery_check.settings import Settings
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.clock import Clock, now
from lambdas.shared.observability import logger, publish
from lambdas.shared.recovery_points import recovery_points
from lambdas.vocabulary.metrics import Dimension, Metric


def check_recovery(settings: Settings, catalogue: Catalogue, rds: Any, clock: Clock = now) -> dict[str, float | None]:
    """Publish and return the ages, in seconds, of the three recovery points; None for one that does not exist.

    An age that is None is not published: the alarms on backups treat missing data as breaching.  That of RDS's
    restorable time is published only when it is too old, and the alarms on backups report a check that died.
    """
    moment = clock()
    found = recovery_points(catalogue, settings.database, moment)
    points = {
        Metric.BACKUP_AGE: found.newest and found.newest.snapshot_at,
        Metric.VERIFIED_BACKUP_AGE: found.proven and found.proven.snapshot_at,
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
    verdict = found.proof and found.proof.text_at(moment)
    logger.info("recovery points measured", database=settings.database, ages=answer, verdict=verdict)
    if found.proven:
        pin_latest_proven(catalogue, settings.database, found.proven.manifest)
    return answer


def _restorable_time(rds: Any, instance_identifier: str | None) -> datetime | None:
    """The latest moment that RDS can restore to; while there is none, that of the instance's making.

    None of an instance that is only being made.
    """
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier=instance_identifier)["DBInstances"]
    moment: datetime | None = instance.get("LatestRestorableTime") or instance.get("InstanceCreateTime")
    return moment
