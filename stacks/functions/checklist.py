"""The function that answers the production checklist, every day and on demand."""

from aws_cdk import Aws, Duration, Stack, aws_iam, aws_s3, aws_scheduler, aws_sns
from constructs import Construct

from lambdas.checklist.checks import rights
from lambdas.checklist.settings import Settings
from lambdas.vocabulary.checklist import Attestation, Waiver
from lambdas.vocabulary.names import bucket_name, physical_name
from lambdas.vocabulary.reports import Kind
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_at, with_its_time
from stacks.resources.backup_bucket import let_read_proofs
from stacks.settings import Environment

MEMORY = 512
"""A processor's third: it waits for AWS most of the time."""
TIMEOUT = Duration.minutes(5)
AT_SIX = "cron(0 6 * * ? *)"  # UTC, after the night's backup and its proof


class Checklist(MonitoringFunction):
    """It reads what its checks read, of the whole account where AWS knows nothing narrower, and changes nothing.

    What it cannot do ends in the dead letters, which are alarmed; that it does not run at all is what the self-test
    looks for.  So it has no alarm of its own.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        reports: aws_s3.IBucket,
        backups_key: str,
        medium: aws_sns.ITopic,
        instance: str | None,
    ) -> None:
        """`backups_key` is the ARN of the key that backups are encrypted with; their bucket is known by its name."""
        backups = bucket_name(platform.environment, Aws.ACCOUNT_ID, Aws.REGION)
        super().__init__(
            scope,
            "checklist",
            settings=_settings(platform.environment, reports, backups, medium, instance),
            platform=platform,
            layers=[platform.layers.time_zones],  # a rota's weeks begin by the clocks of a place
            memory=MEMORY,
            timeout=TIMEOUT,
            watched_elsewhere=True,
        )
        self.allow(["s3:ListBucket"], [reports.bucket_arn])
        own = [reports.arn_for_objects(f"{Kind.CHECKLIST}/*")]
        self.allow(["s3:GetObject", "s3:PutObject"], own, because="A report's key is its time.")
        self.allow(["sns:Publish"], [medium.topic_arn])
        let_read_proofs(self, backups_key)
        self._let_read_account(platform.environment, reports, backups, backups_key)

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        run_at(
            self,
            "Daily",
            aws_scheduler.ScheduleExpression.expression(AT_SIX),
            self,
            scheduler,
            input=with_its_time(),
            retry_attempts=0,
        )

    def _let_read_account(
        self, environment: Environment, reports: aws_s3.IBucket, backups: str, backups_key: str
    ) -> None:
        stack = Stack.of(self)
        here = {
            "partition": stack.partition,
            "region": stack.region,
            "account": stack.account,
            "prefix": physical_name(environment, ""),
            "reports": reports.bucket_name,
            "backups": backups,
            "backups_key": backups_key,
            "backend_log": environment.backend_log_group,
        }
        for right in rights():
            self.allow(list(right.actions), [right.resource.format(**here)], because=right.because)


def _settings(
    environment: Environment,
    reports: aws_s3.IBucket,
    backups: str,
    medium: aws_sns.ITopic,
    instance: str | None,
) -> Settings:
    objectives, given = environment.backups, environment.checklist
    return Settings(
        environment=environment.name,
        owner=environment.owner,
        reports=reports.bucket_name,
        backups=backups,
        copy_region=objectives.copy_region,
        point_in_time_drills=objectives.point_in_time_drill is not None,
        medium_topic=medium.topic_arn,
        runbook_url=environment.runbook_url,
        database=environment.database.name,
        instance=instance,
        recovery_time_objective_minutes=objectives.recovery_time_objective_minutes,
        recovery_point_objective_hours=objectives.recovery_point_objective_hours,
        grace_hours=objectives.grace_hours,
        backend_log=environment.backend_log_group,
        log_retention_days=environment.log_retention_days,
        log_level=environment.log_level,
        endpoints=len(environment.uptime.endpoints),
        probe_minutes=environment.uptime.interval_minutes,
        status_page=environment.uptime.status_page,
        errors=environment.errors.enabled,
        projects=tuple(project.name for project in environment.errors.projects),
        on_call=environment.on_call is not None,
        guardduty=environment.security.guardduty,
        account_changes=environment.security.account_changes,
        waivers=tuple(Waiver(each.check, each.until, each.owner, each.reason) for each in given.waivers),
        attestations=tuple(
            Attestation(each.check, each.until, each.by, each.note or "") for each in given.attestations
        ),
    )
