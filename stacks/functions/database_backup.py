"""The function that dumps the database into the bucket, every night."""

from aws_cdk import Duration, Stack, TimeZone, aws_iam, aws_scheduler
from aws_cdk import aws_stepfunctions as states
from constructs import Construct

from lambdas.database_backup.settings import Settings
from lambdas.vocabulary.backups import PROVABLE_SHARE
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.database_connection import Connection
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_at, with_its_time
from stacks.resources.backup_bucket import BackupBucket
from stacks.settings import Backups


class DatabaseBackup(MonitoringFunction):
    """`connection` says where the database is and admits the function to it."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        bucket: BackupBucket,
        connection: Connection,
    ) -> None:
        environment = platform.environment
        database, backups = environment.database, environment.backups
        super().__init__(
            scope,
            "database_backup",
            settings=Settings(
                environment=environment.name,
                bucket=bucket.bucket_name,
                critical_tables=database.critical_tables,
                excluded_table_data=database.excluded_table_data,
                excluded_schemas=database.excluded_schemas,
                provable_bytes=int(backups.verification_storage_gb * PROVABLE_SHARE * 10**9),
                compression_level=backups.compression_level,
                function_limit_bytes=_limit(backups) if connection.placement else None,
                **connection.function_settings,
            ),
            platform=platform,
            layers=[platform.layers.postgres_client, platform.layers.postgresql_tools],
            memory=backups.memory_mb,
            timeout=Duration.minutes(backups.timeout_minutes),
            level=Level.CRITICAL,
            runbook=Runbook.BACKUP_FAILED,
            **connection.placement,
        )
        connection.allow_login(self.function)
        bucket.let_read(self, "*")
        self.allow(["s3:ListBucketMultipartUploads"], [bucket.bucket_arn])
        self.allow(
            ["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"],
            [bucket.arn_for_objects("*")],
            because="A backup's keys are not known before it is taken; it may put objects, not delete them.",
        )
        self.allow(["kms:GenerateDataKey"], [bucket.key_arn])

    def run_on_schedule(self, scheduler: aws_iam.Role, machine: states.StateMachine | None = None) -> None:
        """The schedule's own time names the backup, so that a retried or doubled run makes no second one.

        With a `machine` it is that which runs the function.
        """
        run_at(
            Stack.of(self),
            "BackupSchedule",
            aws_scheduler.ScheduleExpression.expression(self.environment.backups.schedule, TimeZone.ETC_UTC),
            self,
            scheduler,
            machine=machine,
            input=with_its_time(),
            retry_attempts=3,
            max_event_age=Duration.hours(2),
        )


def _limit(backups: Backups) -> int | None:
    """None without large runs: then the function tries, as far as it comes."""
    return backups.function_limit_gb * 10**9 if backups.large_runs.enabled else None
