"""The function that puts a load on the API when a person asks for it; made only where the environment file says so."""

from datetime import timedelta

from aws_cdk import Aws, Duration, aws_s3
from constructs import Construct

from lambdas.load_test.settings import Route, Settings
from lambdas.vocabulary.names import bucket_name
from lambdas.vocabulary.reports import Kind
from stacks.alarms.api_signals import api_signals
from stacks.platform.endpoints_layer import endpoints_layer
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.resources.backup_bucket import let_read_proofs
from stacks.settings import Environment, LoadTest

MEMORY = 1769
"""MB: with so many a function has one whole processor."""
TIMEOUT = Duration.minutes(15)


class LoadTestFunction(MonitoringFunction):
    """Nothing invokes it but people, who see how it ends; so it has no alarm of its own.

    `backups_key` is the ARN of the key that backups are encrypted with.
    """

    def __init__(
        self, scope: Construct, *, platform: Platform, load_test: LoadTest, reports: aws_s3.IBucket, backups_key: str
    ) -> None:
        super().__init__(
            scope,
            "load_test",
            settings=_settings(platform.environment, load_test, reports),
            platform=platform,
            # That of the endpoints has the authorities that probes trust.
            layers=[platform.layers.probing, endpoints_layer(scope, platform.environment)],
            memory=MEMORY,
            timeout=TIMEOUT,
            watched_elsewhere=True,
        )
        self.allow(
            ["cloudwatch:DescribeAlarms"],
            ["*"],
            because="CloudWatch shows composite alarms to none whose right is narrower.",
        )
        self.allow(
            ["cloudwatch:GetMetricData"], ["*"], because="This action takes no resource, and reads numbers only."
        )
        self.allow(["s3:ListBucket"], [reports.bucket_arn])
        self.allow(
            ["s3:GetObject", "s3:PutObject"],
            [reports.arn_for_objects(f"{Kind.LOAD_TEST}/*")],
            because="A report's key is its time.",
        )
        let_read_proofs(self, backups_key)


def _settings(environment: Environment, load_test: LoadTest, reports: aws_s3.IBucket) -> Settings:
    objectives = environment.backups
    return Settings(
        environment=environment.name,
        hosts=load_test.hosts,
        routes=tuple(Route(route.url, route.weight) for route in load_test.routes),
        allow_private=load_test.allow_private,
        mark=load_test.mark,
        step=timedelta(seconds=load_test.step_seconds),
        timeout=timedelta(seconds=load_test.timeout_s),
        max_requests=load_test.max_requests,
        max_error_percent=load_test.max_error_percent,
        max_p95_ms=load_test.max_p95_ms or environment.api.latency_p95_ms,
        requests=api_signals(environment).requests,
        requests_count=environment.api.source != "logs",
        reports=reports.bucket_name,
        backups=bucket_name(environment, Aws.ACCOUNT_ID, Aws.REGION),
        database=environment.database.name,
        proven_within=timedelta(hours=objectives.recovery_point_objective_hours + objectives.grace_hours),
    )
