"""The function that looks into the database every few minutes."""

from aws_cdk import Duration, Stack, aws_dynamodb, aws_iam
from constructs import Construct

from lambdas.database_check.settings import Settings
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.database_connection import Connection
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_every


class DatabaseCheck(MonitoringFunction):
    """`settings` has the thresholds by which it judges; `states` is what it remembers from check to check."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        states: aws_dynamodb.ITable,
        connection: Connection,
    ) -> None:
        environment, limits = platform.environment, platform.environment.database_check
        self.settings = Settings(
            environment=environment.name,
            state_table=states.table_name,
            connections_metric=not connection.instance_identifier,
            **limits.function_settings,
            **connection.function_settings,
        )
        super().__init__(
            scope,
            "database_check",
            settings=self.settings,
            platform=platform,
            layers=[platform.layers.postgres_client],
            memory=256,
            timeout=Duration.seconds(60),
            runbook=Runbook.DATABASE_TROUBLE,
            **connection.placement,
        )
        connection.allow_login(self.function)
        self.allow(["dynamodb:GetItem", "dynamodb:PutItem"], [states.table_arn])

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        run_every(Stack.of(self), "DatabaseCheck", self.environment.database_check.interval_minutes, self, scheduler)
