"""How far back a recovery would go, how long it would take, and whether backups come through their restore."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from aws_cdk import Duration, aws_cloudwatch

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import AlarmSpec, Missing, Section, Statistic, own_metric
from stacks.settings import Environment

CHECK_INTERVAL = Duration.hours(1)
COPYING_TIME = timedelta(hours=2)  # S3 copies most objects within minutes, and promises nothing without RTC
RESTORABLE_POINT_LIMIT = timedelta(minutes=30)  # RDS ships its log every five minutes

_row = partial(AlarmSpec, subject="recovery", section=Section.RECOVERY)


def recovery_alarms(environment: Environment, *, on_rds: bool) -> Iterator[AlarmSpec]:
    """Ages and not events: a job that never ran, one that failed and a checker that died all end in the same alarm."""
    backups = environment.backups
    objective = timedelta(hours=backups.recovery_point_objective_hours + backups.grace_hours)
    yield _row(
        name="backup-age",
        metric=_metric(environment, Metric.BACKUP_AGE, CHECK_INTERVAL),
        threshold=objective.total_seconds(),
        level=Level.CRITICAL,
        runbook=Runbook.BACKUP_FAILED,
        missing=Missing.BREACHING,  # a checker that died must not look like a young backup
        meaning="No backup was committed in time: a recovery would lose more than the objective allows.",
        first_look="the errors of database_backup, then whether its schedule ran at all",
    )
    yield _row(
        name="verified-backup-age",
        metric=_metric(environment, Metric.VERIFIED_BACKUP_AGE, CHECK_INTERVAL),
        threshold=objective.total_seconds(),
        level=Level.CRITICAL,
        runbook=Runbook.RESTORE_FAILED,
        missing=Missing.BREACHING,
        meaning="No backup was proven by a restore in time: nobody knows whether the newest one is any good."
        + _accepted(environment),
        first_look="verification.json of the newest backup, then the errors of restore_verification",
    )
    if backups.copy_region:
        yield from _of_copies(environment, objective)
    if on_rds:
        yield _row(
            name="restorable-time-age",
            metric=_metric(environment, Metric.RESTORABLE_TIME_AGE, CHECK_INTERVAL),
            threshold=RESTORABLE_POINT_LIMIT.total_seconds(),
            level=Level.HIGH,
            runbook=Runbook.RECOVERY_POINT_TOO_OLD,
            # Sent only when it is unhealthy; on a checker that died the two above alarm.
            missing=Missing.NOT_BREACHING,
            meaning="RDS cannot restore to a recent moment: its automated backups are off or behind.",
            first_look="LatestRestorableTime and the events of the instance in the RDS console",
        )
    yield _row(
        name="duration",
        metric=_metric(environment, Metric.RECOVERY_DURATION, Duration.days(1)),
        threshold=backups.recovery_time_objective_minutes * 60,
        level=Level.HIGH,
        runbook=Runbook.RESTORE_FAILED,
        missing=Missing.NOT_BREACHING,  # on a restore that never ran the age of the newest proven backup alarms
        meaning="A recovery took longer than the objective allows.",
        first_look="which of fetch, restore and verify grew, in the newest verification.json",
    )
    yield _row(
        name="verification-failed",
        metric=_metric(environment, Metric.VERIFICATION_FAILED, Duration.minutes(5)),
        threshold=0,
        level=Level.CRITICAL,
        runbook=Runbook.RESTORE_FAILED,
        missing=Missing.NOT_BREACHING,
        meaning="A backup was restored and did not come through its checks.",
        first_look="the failed checks in that backup's verification.json",
    )


def _of_copies(environment: Environment, objective: timedelta) -> Iterator[AlarmSpec]:
    region = environment.backups.copy_region
    yield _row(
        name="copied-backup-age",
        metric=_metric(environment, Metric.COPIED_BACKUP_AGE, CHECK_INTERVAL),
        threshold=(objective + COPYING_TIME).total_seconds(),
        level=Level.HIGH,
        runbook=Runbook.BACKUP_COPY,
        missing=Missing.BREACHING,  # no copy at all, a check that died and a region that does not answer
        meaning=f"No recent backup that was proven lies whole in {region}: the loss of {environment.region} would lose"
        " more than the objective allows.",
        first_look="the newest lines of copy_check, which name what is missing and why",
    )
    yield _row(
        name="copy-faults",
        # A day, so that what the daily reading found stays an alarm until the next one.
        metric=_metric(environment, Metric.COPY_FAULTS, Duration.days(1)),
        threshold=0,
        level=Level.HIGH,
        runbook=Runbook.BACKUP_COPY,
        missing=Missing.NOT_BREACHING,  # sent only of faults; on a check that died the age of the copy alarms
        meaning=f"A copy of a backup in {region} is missing, damaged or cannot be read.",
        first_look="the newest lines of copy_check, one for each fault",
    )


def _accepted(environment: Environment) -> str:
    """What need not be proven, and until when: the end of that sets the alarm off, too."""
    accepted = ", ".join(f"{each.what} until {each.until}" for each in environment.backups.accepted)
    if not accepted:
        return ""
    return f" Need not be proven: {accepted}. After its day, a backup proven but for it no longer counts."


def _metric(environment: Environment, metric: Metric, period: Duration) -> aws_cloudwatch.Metric:
    return own_metric(
        environment,
        metric,
        of={Dimension.DATABASE: environment.database.name},
        period=period,
        statistic=Statistic.MAXIMUM,
    )
