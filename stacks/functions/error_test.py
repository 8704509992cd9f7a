"""The function that sends a test error the whole way, every month."""

from datetime import timedelta

from aws_cdk import Duration, aws_iam, aws_scheduler
from constructs import Construct

from lambdas.error_test.settings import Settings
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_at
from stacks.resources.error_store import ErrorStore

PATIENCE = timedelta(seconds=90)
FIRST_MONDAY = "cron(10 9 ? * 2#1 *)"  # of the month, ten minutes after the test alert


class ErrorTest(MonitoringFunction):
    """It sends by the first key of the first project, as a client would, and looks for the error in the table."""

    def __init__(self, scope: Construct, *, platform: Platform, store: ErrorStore, front_url: str) -> None:
        project = platform.environment.errors.projects[0]
        super().__init__(
            scope,
            "error_test",
            settings=Settings(
                environment=platform.environment.name,
                front_url=front_url,
                number=project.number,
                key=project.keys[0],
                table=store.table.table_name,
                patience=PATIENCE,
            ),
            platform=platform,
            memory=256,
            timeout=Duration.seconds(PATIENCE.total_seconds() + 30),
            runbook=Runbook.ERRORS,
        )
        self.allow(["dynamodb:GetItem"], [store.table.table_arn])

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        run_at(
            self,
            "Monthly",
            aws_scheduler.ScheduleExpression.expression(FIRST_MONDAY),
            self,
            scheduler,
            retry_attempts=0,
        )
