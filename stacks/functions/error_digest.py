"""The function that groups errors into issues."""

from datetime import timedelta

from aws_cdk import ArnFormat, Duration, Stack, aws_iam, aws_lambda_event_sources, aws_sns, aws_sqs
from constructs import Construct

from lambdas.error_digest.settings import Settings
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_every
from stacks.resources.error_store import TIMEOUT, ErrorStore

BATCH = 100
WINDOW = Duration.seconds(5)
PENDING_MINUTES = 5
AT_ONCE = 2  # the least that Lambda takes: one issue is rarely written by two at the same time


class ErrorDigest(MonitoringFunction):
    """It reads the queue of the intake, where clients send, and the log groups that the last stack subscribes it to."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        store: ErrorStore,
        topic: aws_sns.ITopic,
        waiting: aws_sqs.IQueue | None,
    ) -> None:
        environment, errors = platform.environment, platform.environment.errors
        super().__init__(
            scope,
            "error_digest",
            settings=Settings(
                environment=environment.name,
                table=store.table.table_name,
                bucket=store.bucket.bucket_name,
                medium_topic=topic.topic_arn,
                runbook_url=environment.runbook_url,
                owner=environment.owner,
                issue_retention=timedelta(days=errors.issue_days),
                sample_retention=timedelta(days=errors.sample_days),
                new_issues_per_day=errors.new_issues_per_day,
                api_project=errors.main_project,
                api_log_group=environment.backend_log_group if errors.from_logs else None,
                clients_send=bool(errors.projects),
            ),
            platform=platform,
            memory=512,
            timeout=TIMEOUT,
            runbook=Runbook.ERRORS,
        )
        store.let_track(self)
        store.let_take_over(self)
        store.let_keep_samples(self)
        store.let_read_maps(self)
        self.allow(["sns:Publish"], [topic.topic_arn])
        if waiting:
            self._take_from(waiting)
        self._admit_logs()

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        """To publish what a storm of new issues holds back, also when no further error comes."""
        run_every(self, "Pending", PENDING_MINUTES, self, scheduler)

    def _take_from(self, waiting: aws_sqs.IQueue) -> None:
        self.function.add_event_source(
            aws_lambda_event_sources.SqsEventSource(
                waiting,
                batch_size=BATCH,
                max_batching_window=WINDOW,
                report_batch_item_failures=True,
                max_concurrency=AT_ONCE,
            )
        )

    def _admit_logs(self) -> None:
        """CloudWatch Logs may invoke it for any group of this account and region: one permission for all of them."""
        stack = Stack.of(self)
        groups = stack.format_arn(
            service="logs", resource="log-group", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        self.function.add_permission(
            "Logs",
            principal=aws_iam.ServicePrincipal("logs.amazonaws.com"),
            source_account=stack.account,
            source_arn=groups,
        )
