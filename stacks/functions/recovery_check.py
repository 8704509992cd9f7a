"""The function that measures, every hour and on every verdict, how far back a recovery would go."""

from aws_cdk import Duration, Stack, aws_iam, aws_scheduler
from constructs import Construct

from lambdas.recovery_check.settings import Settings
from lambdas.vocabulary.backups import MANIFEST, VERIFICATION
from stacks.alarms.recovery import CHECK_INTERVAL, RESTORABLE_POINT_LIMIT
from stacks.platform.database_connection import Connection
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.rules import run_on_object
from stacks.platform.schedules import run_at
from stacks.resources.backup_bucket import BackupBucket


class RecoveryCheck(MonitoringFunction):
    """It reads the manifests, the verdicts and, where there is one, the RDS instance's description."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        bucket: BackupBucket,
        connection: Connection,
    ) -> None:
        environment = platform.environment
        super().__init__(
            scope,
            "recovery_check",
            settings=Settings(
                environment=environment.name,
                bucket=bucket.bucket_name,
                database=environment.database.name,
                instance_identifier=connection.instance_identifier,
                restorable_time_healthy=RESTORABLE_POINT_LIMIT / 2,
            ),
            platform=platform,
            memory=256,
            timeout=Duration.minutes(2),
        )
        self._bucket = bucket
        bucket.let_read(self, f"*/{MANIFEST}", f"*/{VERIFICATION}")
        self.allow(
            ["s3:GetObjectTagging", "s3:PutObjectTagging"],
            [bucket.arn_for_objects("*")],
            because="The newest proven backup, whichever it is, is kept from expiry by its tags.",
        )
        if connection.instance_arn:
            self.allow(["rds:DescribeDBInstances"], [connection.instance_arn])

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        rate = aws_scheduler.ScheduleExpression.rate(CHECK_INTERVAL)
        run_at(Stack.of(self), "CheckSchedule", rate, self, scheduler)

    def run_on_each_verdict(self) -> None:
        run_on_object(
            self,
            "verdict-written",
            bucket_name=self._bucket.bucket_name,
            file=VERIFICATION,
            description="A backup was verified: measure the recovery points",
        )
