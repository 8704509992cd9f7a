"""Backups to S3, the restore that proves each of them, and the alarms on how far back a recovery would go."""

from datetime import timedelta
from typing import Any

from aws_cdk import (
    Duration,
    Size,
    TimeZone,
    aws_cloudwatch,
    aws_events,
    aws_events_targets,
    aws_scheduler,
)
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from lambdas.database_backup.settings import Settings as BackupSettings
from lambdas.recovery_check.settings import Settings as CheckSettings
from lambdas.restore_verification.settings import Settings as VerificationSettings
from lambdas.vocabulary.backups import DUMP, MANIFEST, PROVABLE_SHARE, VERIFICATION, Acceptance
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import Alarms, Missing, Section, Statistic
from stacks.database_stack import Connection
from stacks.platform.function import MonitoringFunction
from stacks.platform.layers import Layers
from stacks.platform.nag_suppressions import acknowledge_wildcards
from stacks.platform.network import IsolatedNetwork, ZonedStack
from stacks.platform.schedules import scheduler_role
from stacks.resources.backup_bucket import BackupBucket
from stacks.settings import Environment

CHECK_INTERVAL = Duration.hours(1)
DAILY = Duration.days(1)
RESTORABLE_POINT_LIMIT = timedelta(minutes=30)  # RDS ships its log every five minutes
RESTORABLE_POINT_WELL = RESTORABLE_POINT_LIMIT / 2


class BackupsStack(ZonedStack):
    """Schedule, backup, proof and check; `connection` says where the database is and admits the backup to it.

    `default_groups` are those of the network that restores run in.
    """

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        connection: Connection,
        alarms: Alarms,
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        self.settings = environment
        self.alarms = alarms
        self.layers = Layers(self, environment)
        self.bucket = BackupBucket(self, environment=environment)
        self.backup = self._backup(connection)
        self.verification = self._verification()
        self.check = self._check(connection)
        self._run_on_schedule()
        self._run_on("manifest-committed", MANIFEST, self.verification, "A backup was committed: restore it")
        self._run_on("verdict-written", VERIFICATION, self.check, "A backup was verified: measure the recovery points")
        self._alarm_on_ages(connection)
        self._alarm_on_recovery()

    def _backup(self, connection: Connection) -> MonitoringFunction:
        environment = self.settings
        backup = MonitoringFunction(
            self,
            "database_backup",
            settings=BackupSettings(
                environment=environment.name,
                bucket=self.bucket.bucket_name,
                critical_tables=environment.database.critical_tables,
                excluded_table_data=environment.database.excluded_table_data,
                excluded_schemas=environment.database.excluded_schemas,
                provable_bytes=int(environment.backups.verification_storage_gb * PROVABLE_SHARE * 10**9),
                compression_level=environment.backups.compression_level,
                **connection.function_settings,
            ),
            environment=environment,
            alarms=self.alarms,
            layers=[self.layers.observability, self.layers.postgres_client, self.layers.postgresql_tools],
            memory=environment.backups.memory_mb,
            timeout=Duration.minutes(environment.backups.timeout_minutes),
            level=Level.CRITICAL,
            runbook=Runbook.BACKUP_FAILED,
            **connection.placement,
        )
        connection.allow_login(backup.function)
        self._allow_reading(backup, "*")
        backup.allow(["s3:ListBucketMultipartUploads"], [self.bucket.bucket_arn])
        backup.allow(
            ["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"],
            [self.bucket.arn_for_objects("*")],
            because="A backup's keys are not known before it is taken; it may put objects, not delete them.",
        )
        backup.allow(["kms:GenerateDataKey"], [self.bucket.key_arn])
        return backup

    def _verification(self) -> MonitoringFunction:
        environment = self.settings
        network = IsolatedNetwork(self, "Network", environment=self.settings, bucket=self.bucket)
        self.default_groups = [network.default_group]
        verification = MonitoringFunction(
            self,
            "restore_verification",
            settings=VerificationSettings(
                environment=environment.name,
                bucket=self.bucket.bucket_name,
                recovery_time_objective=timedelta(minutes=environment.backups.recovery_time_objective_minutes),
                sql_assertions=environment.database.sql_assertions,
                accepted=tuple(
                    Acceptance(accepted.what, accepted.until.isoformat(), accepted.reason)
                    for accepted in environment.backups.accepted
                ),
            ),
            environment=environment,
            alarms=self.alarms,
            layers=[
                self.layers.observability,
                self.layers.postgres_client,
                self.layers.postgresql_tools,
                self.layers.postgresql_servers,
            ],
            memory=environment.backups.verification_memory_mb,
            timeout=Duration.minutes(15),
            level=Level.CRITICAL,
            runbook=Runbook.RESTORE_FAILED,
            ephemeral_storage_size=Size.gibibytes(environment.backups.verification_storage_gb),
            **network.placement,
        )
        # A dump is untrusted input and is restored with a superuser's rights: nothing but these is in reach.
        self._allow_reading(verification, "*")
        verification.allow(
            ["s3:PutObject", "s3:PutObjectTagging"],
            [self.bucket.arn_for_objects(f"*/{VERIFICATION}")],
            because="Any backup can be verified; nothing but its verdict can be written.",
        )
        verification.allow(
            ["s3:GetObjectTagging"],
            [self.bucket.arn_for_objects(f"*/{DUMP}")],
            because="A verdict is kept as long as its backup.",
        )
        verification.allow(["kms:GenerateDataKey"], [self.bucket.key_arn])
        return verification

    def _check(self, connection: Connection) -> MonitoringFunction:
        check = MonitoringFunction(
            self,
            "recovery_check",
            settings=CheckSettings(
                environment=self.settings.name,
                bucket=self.bucket.bucket_name,
                database=self.settings.database.name,
                instance_identifier=connection.instance_identifier,
                restorable_time_well=RESTORABLE_POINT_WELL,
            ),
            environment=self.settings,
            alarms=self.alarms,
            layers=[self.layers.observability],
            memory=256,
            timeout=Duration.minutes(2),
        )
        self._allow_reading(check, f"*/{MANIFEST}", f"*/{VERIFICATION}")
        check.allow(
            ["s3:GetObjectTagging", "s3:PutObjectTagging"],
            [self.bucket.arn_for_objects("*")],
            because="The newest proven backup, whichever it is, is kept from expiry by its tags.",
        )
        if connection.instance_arn:
            check.allow(["rds:DescribeDBInstances"], [connection.instance_arn])
        return check

    def _allow_reading(self, function: MonitoringFunction, *keys: str) -> None:
        function.allow(["s3:ListBucket"], [self.bucket.bucket_arn])
        function.allow(
            ["s3:GetObject"],
            [self.bucket.arn_for_objects(key) for key in keys],
            because="Which backups there are is found in the bucket.",
        )
        function.allow(["kms:Decrypt"], [self.bucket.key_arn])

    def _run_on_schedule(self) -> None:
        """The schedule's own time names the backup, so that a retried or doubled run makes no second one."""
        scheduler = scheduler_role(self, self.settings, "backups")
        acknowledge_wildcards(
            scheduler,
            [f"{run.function.function_arn}:*" for run in (self.backup, self.check)],
            "The versions and aliases of these two functions.",
        )
        backup = targets.LambdaInvoke(
            self.backup.function,
            role=scheduler,
            input=aws_scheduler.ScheduleTargetInput.from_object(
                {"slot": aws_scheduler.ContextAttribute.scheduled_time}
            ),
            dead_letter_queue=self.backup.dead_letters,
            retry_attempts=3,
            max_event_age=Duration.hours(2),
        )
        aws_scheduler.Schedule(
            self,
            "BackupSchedule",
            schedule_name=physical_name(self.settings, "database-backup"),
            schedule=aws_scheduler.ScheduleExpression.expression(self.settings.backups.schedule, TimeZone.ETC_UTC),
            target=backup,
        )
        aws_scheduler.Schedule(
            self,
            "CheckSchedule",
            schedule_name=physical_name(self.settings, "recovery-check"),
            schedule=aws_scheduler.ScheduleExpression.rate(CHECK_INTERVAL),
            target=targets.LambdaInvoke(self.check.function, role=scheduler, dead_letter_queue=self.check.dead_letters),
        )

    def _run_on(self, name: str, file: str, function: MonitoringFunction, description: str) -> None:
        """Invoke the function when a file of that name is written into a backup's folder."""
        aws_events.Rule(
            self,
            name.title().replace("-", ""),
            rule_name=physical_name(self.settings, name),
            description=description,
            event_pattern=aws_events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [self.bucket.bucket_name]},
                    "object": {"key": [{"suffix": f"/{file}"}]},
                },
            ),
            targets=[aws_events_targets.LambdaFunction(function.function, dead_letter_queue=function.dead_letters)],
        )

    def _alarm_on_ages(self, connection: Connection) -> None:
        backups = self.settings.backups
        objective = timedelta(hours=backups.recovery_point_objective_hours + backups.grace_hours)
        self._alarm_on_age(
            Metric.BACKUP_AGE,
            objective,
            Level.CRITICAL,
            Runbook.BACKUP_FAILED,
            meaning="No backup was committed in time: a recovery would lose more than the objective allows.",
            first_look="the errors of database_backup, then whether its schedule ran at all",
        )
        self._alarm_on_age(
            Metric.VERIFIED_BACKUP_AGE,
            objective,
            Level.CRITICAL,
            Runbook.RESTORE_FAILED,
            meaning="No backup was proven by a restore in time: nobody knows whether the newest one is any good."
            + self._accepted(),
            first_look="verification.json of the newest backup, then the errors of restore_verification",
        )
        if connection.instance_identifier:
            self._alarm_on_age(
                Metric.RESTORABLE_TIME_AGE,
                RESTORABLE_POINT_LIMIT,
                Level.HIGH,
                Runbook.RECOVERY_POINT_TOO_OLD,
                meaning="RDS cannot restore to a recent moment: its automated backups are off or behind.",
                first_look="LatestRestorableTime and the events of the instance in the RDS console",
                # Sent only when it is not well; a checker that died is told by the two above.
                missing=Missing.NOT_BREACHING,
            )

    def _accepted(self) -> str:
        """What need not be proven, and until when: the end of that sets the alarm off, too."""
        accepted = ", ".join(f"{each.what} until {each.until}" for each in self.settings.backups.accepted)
        if not accepted:
            return ""
        return f" Need not be proven: {accepted}. After its day, a backup proven but for it no longer counts."

    def _alarm_on_age(
        self,
        metric: Metric,
        limit: timedelta,
        level: Level,
        runbook: Runbook,
        *,
        meaning: str,
        first_look: str,
        missing: Missing = Missing.BREACHING,  # a checker that died must not look like a young backup
    ) -> None:
        self.alarms.add(
            self,
            metric.replace("_", "-"),
            self._metric(metric, CHECK_INTERVAL),
            subject="recovery",
            threshold=limit.total_seconds(),
            level=level,
            runbook=runbook,
            missing=missing,
            meaning=meaning,
            first_look=first_look,
            section=Section.RECOVERY,
        )

    def _alarm_on_recovery(self) -> None:
        self.alarms.add(
            self,
            "duration",
            self._metric(Metric.RECOVERY_DURATION, DAILY),
            subject="recovery",
            threshold=self.settings.backups.recovery_time_objective_minutes * 60,
            level=Level.HIGH,
            runbook=Runbook.RESTORE_FAILED,
            missing=Missing.NOT_BREACHING,  # the age of the newest proven backup tells of a restore that never ran
            meaning="A recovery took longer than the objective allows.",
            first_look="which of fetch, restore and verify grew, in the newest verification.json",
            section=Section.RECOVERY,
        )
        self.alarms.add(
            self,
            "verification-failed",
            self._metric(Metric.VERIFICATION_FAILED, Duration.minutes(5)),
            subject="recovery",
            threshold=0,
            level=Level.CRITICAL,
            runbook=Runbook.RESTORE_FAILED,
            missing=Missing.NOT_BREACHING,
            meaning="A backup was restored and did not come through its checks.",
            first_look="the failed checks in that backup's verification.json",
            section=Section.RECOVERY,
        )

    def _metric(self, metric: Metric, period: Duration) -> aws_cloudwatch.IMetric:
        return self.alarms.metric(
            metric,
            period=period,
            statistic=Statistic.MAXIMUM,
            **{Dimension.DATABASE: self.settings.database.name},
        )
