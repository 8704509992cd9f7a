"""The function that restores each backup into an empty server and compares it with what the source held."""

from datetime import timedelta

from aws_cdk import Duration, Size, Stack, TimeZone, aws_iam, aws_scheduler
from aws_cdk import aws_stepfunctions as states
from constructs import Construct

from lambdas.restore_verification.settings import Settings
from lambdas.vocabulary import drills
from lambdas.vocabulary.backups import DUMP, MANIFEST, VERIFICATION, Acceptance
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.function import MonitoringFunction
from stacks.platform.network import IsolatedNetwork
from stacks.platform.platform import Platform
from stacks.platform.rules import run_on_object
from stacks.platform.schedules import run_at
from stacks.resources.backup_bucket import BackupBucket

FIRST_OF_THE_MONTH = "cron(30 3 1 * ? *)"  # UTC, after the night's backup


class RestoreVerification(MonitoringFunction):
    """A dump is untrusted input and is restored with a superuser's rights: nothing but the bucket is in reach."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        bucket: BackupBucket,
        network: IsolatedNetwork,
    ) -> None:
        environment, layers = platform.environment, platform.layers
        database, backups = environment.database, environment.backups
        super().__init__(
            scope,
            "restore_verification",
            settings=Settings(
                environment=environment.name,
                bucket=bucket.bucket_name,
                database=database.name,
                recovery_time_objective=timedelta(minutes=backups.recovery_time_objective_minutes),
                sql_assertions=database.sql_assertions,
                accepted=tuple(
                    Acceptance(accepted.what, accepted.until.isoformat(), accepted.reason)
                    for accepted in backups.accepted
                ),
                large_runs=backups.large_runs.enabled or None,
            ),
            platform=platform,
            layers=[layers.postgres_client, layers.postgresql_tools, layers.postgresql_servers],
            memory=backups.verification_memory_mb,
            timeout=Duration.minutes(15),
            level=Level.CRITICAL,
            runbook=Runbook.RESTORE_FAILED,
            ephemeral_storage_size=Size.gibibytes(backups.verification_storage_gb),
            **network.placement,
        )
        self._bucket = bucket
        bucket.let_read(self, "*")
        self.allow(
            ["s3:PutObject", "s3:PutObjectTagging"],
            [bucket.arn_for_objects(f"*/{VERIFICATION}")],
            because="Any backup can be verified; nothing but its verdict can be written.",
        )
        self.allow(
            ["s3:GetObjectTagging"],
            [bucket.arn_for_objects(f"*/{DUMP}")],
            because="A verdict is kept as long as its backup.",
        )
        self.allow(
            ["s3:PutObject", "s3:PutObjectTagging"],
            [bucket.arn_for_objects(f"{drills.folder_of(database.name)}*.json")],
            because="A drill's record is named by its time.",
        )
        self.allow(["kms:GenerateDataKey"], [bucket.key_arn])

    def run_on_each_backup(self, machine: states.StateMachine | None = None) -> None:
        """With a `machine` it is that which runs the function."""
        run_on_object(
            self,
            "manifest-committed",
            bucket_name=self._bucket.bucket_name,
            file=MANIFEST,
            description="A backup was committed: restore it",
            machine=machine,
        )

    def hold_drills(self, scheduler: aws_iam.Role, machine: states.StateMachine | None = None) -> None:
        """A full drill each month; that of a quarter's first month is the quarter's.

        The schedule's own time names its record, so that a doubled run makes no second one.
        """
        run_at(
            Stack.of(self),
            "DrillSchedule",
            aws_scheduler.ScheduleExpression.expression(FIRST_OF_THE_MONTH, TimeZone.ETC_UTC),
            self,
            scheduler,
            name=f"{self.name}-{drills.DRILL}",
            machine=machine,
            input=aws_scheduler.ScheduleTargetInput.from_object(
                {drills.DRILL: True, "slot": aws_scheduler.ContextAttribute.scheduled_time}
            ),
            retry_attempts=3,
            max_event_age=Duration.hours(2),
        )
