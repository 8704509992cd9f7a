"""The function that checks, every hour, that the newest proven backup lies whole in the second region."""

from aws_cdk import Aws, Duration, Stack, TimeZone, aws_iam, aws_scheduler
from constructs import Construct

from lambdas.copy_check.settings import READ, Settings
from lambdas.vocabulary.names import copies_bucket_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.recovery import CHECK_INTERVAL
from stacks.platform.arns import arn_of_bucket
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_at
from stacks.resources.backup_bucket import BackupBucket

DAILY = "cron(30 4 * * ? *)"  # UTC, after the night's backup


class CopyCheck(MonitoringFunction):
    """A function of its own, not a part of `recovery_check`: a second region that does not answer must not delay the
    ages of backups, and this one has no right to write anything.

    `key_arn` is of the key of the copies in `region`.
    """

    def __init__(
        self, scope: Construct, *, platform: Platform, bucket: BackupBucket, region: str, key_arn: str
    ) -> None:
        environment = platform.environment
        copies = copies_bucket_name(environment, Aws.ACCOUNT_ID, region)
        super().__init__(
            scope,
            "copy_check",
            settings=Settings(
                environment=environment.name,
                bucket=bucket.bucket_name,
                database=environment.database.name,
                copy_region=region,
                copies=copies,
                copies_key=key_arn,
            ),
            platform=platform,
            memory=512,
            timeout=Duration.minutes(15),
            runbook=Runbook.BACKUP_COPY,
        )
        here, there = bucket.bucket_arn, arn_of_bucket(self, copies)
        objects = [f"{arn}/{environment.database.name}/*" for arn in (here, there)]
        self.allow(["s3:ListBucket"], [here, there])
        self.allow(
            ["s3:GetObject", "s3:GetObjectTagging"],
            objects,
            because="An object and its copy are compared by what HeadObject shows, which is a part of s3:GetObject, and"
            " one copy a day is read whole.",
        )
        self.allow(["kms:Decrypt"], [bucket.key_arn, key_arn])

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        """Every hour by what S3 knows of the objects; once a day one of the copies is read whole besides."""
        stack = Stack.of(self)
        run_at(stack, "CopyCheckSchedule", aws_scheduler.ScheduleExpression.rate(CHECK_INTERVAL), self, scheduler)
        run_at(
            stack,
            "CopyReadSchedule",
            aws_scheduler.ScheduleExpression.expression(DAILY, TimeZone.ETC_UTC),
            self,
            scheduler,
            name=f"{self.name}-{READ}",
            input=aws_scheduler.ScheduleTargetInput.from_object(
                {READ: True, "slot": aws_scheduler.ContextAttribute.scheduled_time}
            ),
            retry_attempts=1,  # each reads again what is paid for by the GB
            max_event_age=Duration.hours(2),
        )
