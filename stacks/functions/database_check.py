"""The function that looks into the database every few minutes."""

from datetime import timedelta

from aws_cdk import Duration, Stack, aws_dynamodb, aws_iam
from constructs import Construct

from lambdas.database_check.settings import Settings
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import Alarms
from stacks.platform.database_connection import Connection
from stacks.platform.function import MonitoringFunction
from stacks.platform.layers import Layers
from stacks.platform.schedules import run_every
from stacks.settings import Environment


class DatabaseCheck(MonitoringFunction):
    """`settings` has the thresholds by which it judges; `states` is what it remembers from check to check."""

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        alarms: Alarms,
        layers: Layers,
        states: aws_dynamodb.ITable,
        connection: Connection,
    ) -> None:
        limits = environment.database_check
        self.settings = Settings(
            environment=environment.name,
            state_table=states.table_name,
            connections_percent=limits.connections_percent,
            connections_metric=not connection.instance_identifier,
            idle_in_transaction=timedelta(seconds=limits.idle_in_transaction_seconds),
            prepared_transaction=timedelta(seconds=limits.prepared_transaction_seconds),
            longest_query=timedelta(seconds=limits.longest_query_seconds),
            lock_wait=timedelta(seconds=limits.lock_wait_seconds),
            transaction_ids_percent=limits.transaction_ids_percent,
            transaction_ids_critical_percent=limits.transaction_ids_critical_percent,
            replication_lag=timedelta(seconds=limits.replication_lag_seconds),
            sequence_percent=limits.sequence_percent,
            sequence_critical_percent=limits.sequence_critical_percent,
            slow_statement=timedelta(milliseconds=limits.slow_statement_ms),
            **connection.function_settings,
        )
        super().__init__(
            scope,
            "database_check",
            settings=self.settings,
            environment=environment,
            alarms=alarms,
            layers=[layers.observability, layers.postgres_client],
            memory=256,
            timeout=Duration.seconds(60),
            runbook=Runbook.DATABASE_TROUBLE,
            **connection.placement,
        )
        connection.allow_login(self.function)
        self.allow(["dynamodb:GetItem", "dynamodb:PutItem"], [states.table_arn])

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        run_every(Stack.of(self), "DatabaseCheck", self.environment.database_check.interval_minutes, self, scheduler)
