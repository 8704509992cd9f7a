"""The function that sends errors on to a Sentry, with its queue."""

from datetime import timedelta

from aws_cdk import Duration, aws_lambda_event_sources, aws_sqs
from constructs import Construct

from lambdas.error_relay.settings import Settings
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.function import MonitoringFunction
from stacks.platform.nag_suppressions import acknowledge
from stacks.platform.platform import Platform
from stacks.resources.error_store import TIMEOUT, ErrorStore, queue
from stacks.settings import Environment

GIVE_UP = timedelta(hours=6)
BATCH = 10
AT_ONCE = 2  # the least that Lambda takes


class ErrorRelay(MonitoringFunction):
    """It takes from `relayed`, and sends nothing to `own_host`, from which it would come back."""

    def __init__(
        self, scope: Construct, *, platform: Platform, store: ErrorStore, relayed: aws_sqs.IQueue, own_host: str
    ) -> None:
        environment = platform.environment
        parameter = str(environment.errors.relay_parameter)
        super().__init__(
            scope,
            "error_relay",
            settings=Settings(
                environment=environment.name,
                bucket=store.bucket.bucket_name,
                queue_url=relayed.queue_url,
                dsn_secret=None,
                dsn_parameter=parameter,
                own_hosts=(own_host,),
                give_up=GIVE_UP,
                allow_private=environment.errors.relay_allow_private,
            ),
            platform=platform,
            memory=256,
            timeout=TIMEOUT,
            runbook=Runbook.ERRORS,
        )
        store.let_take_over(self)
        self.allow_to_read_parameter(parameter)
        self.function.add_event_source(
            aws_lambda_event_sources.SqsEventSource(
                relayed, batch_size=BATCH, report_batch_item_failures=True, max_concurrency=AT_ONCE
            )
        )


def relay_queue(scope: Construct, environment: Environment) -> aws_sqs.Queue:
    """Of a Sentry that does not answer, errors expire there, and nothing else waits."""
    name = physical_name(environment, "errors-relay")
    made = queue(scope, "RelayQueue", name, Duration.seconds(GIVE_UP.total_seconds()))
    acknowledge(made, {"SQS3": "What Sentry did not take in time is kept here: a dead letter would alarm for nothing."})
    return made
