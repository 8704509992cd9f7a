"""The probing function: one in the home region that remembers and reports, and a copy in each region that it asks."""

from datetime import timedelta

from aws_cdk import ArnFormat, Duration, Stack, aws_dynamodb, aws_iam
from constructs import Construct

from lambdas.health_check.settings import Settings
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.endpoints_layer import endpoints_layer
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_every

REPORTING_TIME = timedelta(seconds=5)  # for 1 000 endpoints
TIMEOUT = Duration.seconds(90)  # the longest that an endpoint may take, and time to report


class HealthCheck(MonitoringFunction):
    """With `states` it is the one in the home region; without, a copy that is asked by it and keeps nothing."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        region: str,
        states: aws_dynamodb.ITable | None = None,
    ) -> None:
        environment, uptime = platform.environment, platform.environment.uptime
        other_regions = uptime.probe_regions if states else ()
        super().__init__(
            scope,
            "health_check",
            settings=Settings(
                environment=environment.name,
                region=region,
                other_regions=other_regions,
                quorum=uptime.quorum if states else 1,
                reserve=REPORTING_TIME,
                phase_metrics=False,
                reference=f"sts.{region}.amazonaws.com:443",
                state_table=states.table_name if states else None,
                confirmations=uptime.failures,
                interval=timedelta(minutes=uptime.interval_minutes),
                flapping=uptime.flapping_failures,
            ),
            platform=platform,
            layers=[platform.layers.probing, endpoints_layer(scope, environment)],
            memory=uptime.memory_mb,
            timeout=TIMEOUT,
            runbook=Runbook.PROBER_SILENT,
        )
        self.allow_header_values(endpoint.headers for endpoint in environment.uptime.endpoints)
        for other in other_regions:
            self.allow(["lambda:InvokeFunction"], [self._arn("lambda", "function", self.name, region=other)])
        if states:
            self.allow(
                ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], [states.table_arn]
            )

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        run_every(Stack.of(self), "HealthCheck", self.environment.uptime.interval_minutes, self, scheduler)

    def _arn(self, service: str, resource: str, name: str, region: str | None = None) -> str:
        return Stack.of(self).format_arn(
            service=service,
            resource=resource,
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
            region=region,
        )
