"""The function that takes errors from Sentry's SDKs, scrubs them and hands them to the digest."""

from aws_cdk import Duration, aws_sqs
from constructs import Construct

from lambdas.error_intake.projects import ProjectKeys
from lambdas.error_intake.settings import Settings
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.resources.error_store import ErrorStore

PATH = "/api/{proxy+}"
"""`/api/<number>/envelope/`: no route of an HTTP API can end with a slash, and one without it does not match."""


class ErrorIntake(MonitoringFunction):
    """It writes what it takes, and can read none of it again."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        store: ErrorStore,
        waiting: aws_sqs.IQueue,
        relayed: aws_sqs.IQueue | None,
    ) -> None:
        environment = platform.environment
        super().__init__(
            scope,
            "error_intake",
            settings=Settings(
                environment=environment.name,
                table=store.table.table_name,
                bucket=store.bucket.bucket_name,
                queue_url=waiting.queue_url,
                projects=tuple(
                    ProjectKeys(one.number, one.name, one.keys, one.quota_per_minute).to_json()
                    for one in environment.errors.projects
                ),
                relay_queue_url=relayed.queue_url if relayed else None,
            ),
            platform=platform,
            layers=[platform.layers.error_tracking],
            memory=512,
            timeout=Duration.seconds(15),
            runbook=Runbook.ERRORS,
        )
        self.allow(["dynamodb:UpdateItem"], [store.table.table_arn])
        store.let_hand_over(self, waiting)
        if relayed:
            self.allow(["sqs:SendMessage"], [relayed.queue_arn])
