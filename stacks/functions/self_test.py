"""The function that proves on the deployed system what no emulator can show, every week and when asked."""

from datetime import timedelta

from aws_cdk import ArnFormat, Duration, aws_iam, aws_s3, aws_scheduler, aws_sns
from constructs import Construct

from lambdas.self_test.probes import incident_front, status_page
from lambdas.self_test.probes.error_intake import STACK as ERRORS
from lambdas.self_test.settings import Settings
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.reports import Kind
from stacks.functions.status_page import CHECKS_BEFORE_STALE
from stacks.platform.arns import arn_of, arn_of_function
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_at, with_its_time
from stacks.settings import Environment

FOLDER = "self_test"
ASKED = ("restore_verification", "database_backup", "test_alert")
"""The functions that answer to it; they are known by their names, so that no stack is kept from changing."""
MEMORY = 512
TIMEOUT = Duration.minutes(4)
MONDAY = "cron(30 5 ? * MON *)"  # UTC, before the checklist of the day, which reads its report


class SelfTest(MonitoringFunction):
    """It invokes functions, reads, and writes one line to its own log; nothing else is changed by it.

    What it cannot do ends in the dead letters, which are alarmed, and the checklist misses a report that is not there.
    So it has no alarm of its own.
    """

    def __init__(
        self, scope: Construct, *, platform: Platform, reports: aws_s3.IBucket, medium: aws_sns.ITopic
    ) -> None:
        environment = platform.environment
        log = f"/aws/lambda/{physical_name(environment, FOLDER)}"
        super().__init__(
            scope,
            FOLDER,
            settings=_settings(environment, reports, medium, log),
            platform=platform,
            memory=MEMORY,
            timeout=TIMEOUT,
            watched_elsewhere=True,
        )
        self.allow(
            ["lambda:InvokeFunction"], [arn_of_function(self, physical_name(environment, folder)) for folder in ASKED]
        )
        self.allow(
            ["cloudwatch:GetMetricStatistics"], ["*"], because="The action takes no narrower resource; it only reads."
        )
        self.allow(
            ["logs:GetLogEvents"],
            [arn_of(self, "logs", "log-group", f"{log}:*")],
            because="The streams of its own log group, in one of which is the line that must be masked.",
        )
        self._let_read_addresses(environment)
        self.allow(["s3:ListBucket"], [reports.bucket_arn])
        self.allow(
            ["s3:GetObject", "s3:PutObject"],
            [reports.arn_for_objects(f"{Kind.SELF_TEST}/*")],
            because="A report's key is its time.",
        )
        self.allow(["sns:Publish"], [medium.topic_arn])

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        run_at(
            self,
            "Weekly",
            aws_scheduler.ScheduleExpression.expression(MONDAY),
            self,
            scheduler,
            input=with_its_time(),
            retry_attempts=0,
        )

    def _let_read_addresses(self, environment: Environment) -> None:
        """AWS gives them at the deployment, and the stacks print them."""
        wanted = {
            status_page.STACK: environment.uptime.status_page,
            incident_front.STACK: environment.on_call,
            ERRORS: environment.errors.projects,
        }
        stacks = [
            arn_of(
                self,
                "cloudformation",
                "stack",
                f"{physical_name(environment, stack)}/*",
                ArnFormat.SLASH_RESOURCE_NAME,
            )
            for stack, is_there in wanted.items()
            if is_there
        ]
        if stacks:
            self.allow(["cloudformation:DescribeStacks"], stacks, because="A stack's ARN ends with a number of AWS's.")


def _settings(environment: Environment, reports: aws_s3.IBucket, medium: aws_sns.ITopic, log: str) -> Settings:
    uptime, project = environment.uptime, next(iter(environment.errors.projects), None)
    return Settings(
        environment=environment.name,
        owner=environment.owner,
        runbook_url=environment.runbook_url,
        reports=reports.bucket_name,
        medium_topic=medium.topic_arn,
        log_group=log,
        database=environment.database.name,
        database_check_interval=timedelta(minutes=environment.database_check.interval_minutes),
        status_page_stale_after=(
            timedelta(minutes=CHECKS_BEFORE_STALE * uptime.interval_minutes) if uptime.status_page else None
        ),
        on_call=environment.on_call is not None,
        project=project.number if project else None,
        project_key=project.keys[0] if project else None,
    )
