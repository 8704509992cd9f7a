"""The function that sends errors on to a Sentry, with its queue."""

from datetime import timedelta

from aws_cdk import Duration, Stack, aws_lambda_event_sources, aws_sqs
from constructs import Construct

from lambdas.error_relay.settings import Settings
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.function import MonitoringFunction
from stacks.platform.nag_suppressions import acknowledge
from stacks.platform.platform import Platform
from stacks.resources.error_store import TIMEOUT, ErrorStore, queue

GIVE_UP = timedelta(hours=6)
BATCH = 10
AT_ONCE = 2  # the least that Lambda takes


class ErrorRelay(MonitoringFunction):
    """`waiting` is its queue: of a Sentry that does not answer, errors expire there, and nothing else waits."""

    def __init__(
        self, scope: Construct, *, platform: Platform, store: ErrorStore, parameter: str, own_hosts: tuple[str, ...]
    ) -> None:
        environment = platform.environment
        self.waiting = _queue(scope, physical_name(environment, "errors-relay"))
        super().__init__(
            scope,
            "error_relay",
            settings=Settings(
                environment=environment.name,
                bucket=store.bucket.bucket_name,
                queue_url=self.waiting.queue_url,
                dsn_secret=None,
                dsn_parameter=parameter,
                own_hosts=own_hosts,
                give_up=GIVE_UP,
                allow_private=environment.errors.relay_allow_private,
            ),
            platform=platform,
            memory=256,
            timeout=TIMEOUT,
            runbook=Runbook.ERRORS,
        )
        store.let_take_over(self)
        arn = Stack.of(self).format_arn(service="ssm", resource="parameter", resource_name=parameter.lstrip("/"))
        self.allow(["ssm:GetParameter"], [arn])
        self.function.add_event_source(
            aws_lambda_event_sources.SqsEventSource(
                self.waiting, batch_size=BATCH, report_batch_item_failures=True, max_concurrency=AT_ONCE
            )
        )


def _queue(scope: Construct, name: str) -> aws_sqs.Queue:
    made = queue(scope, "RelayQueue", name, Duration.seconds(GIVE_UP.total_seconds()))
    acknowledge(made, {"SQS3": "What Sentry did not take in time is kept here: a dead letter would alarm for nothing."})
    return made
