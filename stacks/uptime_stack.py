"""Probes of the API and of the database, what is remembered of them, and the alarms on both."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aws_cdk import Duration, Stack, aws_dynamodb
from constructs import Construct

from lambdas.database_check.settings import KEY
from lambdas.database_check.settings import Settings as DatabaseCheckSettings
from lambdas.vocabulary.endpoints import ENDPOINT, EXPIRES_AT, RECORD
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.database import DatabaseAlarms
from stacks.alarms.endpoints import ProberAlarms, alarm_on_endpoints
from stacks.alarms.functions import alarm_on_errors, alarm_on_silence
from stacks.alarms.spec import Alarms
from stacks.database_stack import Connection
from stacks.functions.health_check import HealthCheck
from stacks.platform.endpoints_layer import endpoints_layer
from stacks.platform.function import MonitoringFunction
from stacks.platform.kept import KEPT
from stacks.platform.layers import Layers
from stacks.platform.schedules import run_every, scheduler_role
from stacks.settings import Environment, MonitoredEndpoint


class UptimeStack(Stack):
    """`connection` says where the database is and admits the check; `database_down` is the alarm on its silence.

    `states` is the table of what is remembered of the endpoints; `without_room` are endpoints that are probed here, and
    whose alarms must be made in another stack.
    """

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        connection: Connection,
        alarms: Alarms,
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        self.settings = environment
        self.alarms = alarms
        self.layers = Layers(self, environment)
        self.scheduler = scheduler_role(self, environment, "uptime")
        self.states: aws_dynamodb.Table | None = None
        self.without_room: Sequence[MonitoredEndpoint] = ()
        self._look_into_the_database(connection)
        if environment.uptime.endpoints:
            self._probe()

    def _probe(self) -> None:
        uptime = self.settings.uptime
        self.states = self._table(
            "EndpointStates",
            "endpoint-states",
            partition_key=_text(ENDPOINT),
            sort_key=_text(RECORD),
            time_to_live_attribute=EXPIRES_AT,
        )
        check = HealthCheck(
            self,
            environment=self.settings,
            place=self.settings.region,
            alarms=self.alarms,
            layers=[self.layers.observability, self.layers.probing, endpoints_layer(self, self.settings)],
            states=self.states,
        )
        run_every(self, "HealthCheck", uptime.interval_minutes, check, self.scheduler)
        if uptime.status_page:
            self._watch_status_page()
        ProberAlarms(self, uptime, self.alarms)
        here = Construct(self, "EndpointAlarms")
        self.without_room = alarm_on_endpoints(here, uptime.endpoints, uptime, self.alarms)

    def _watch_status_page(self) -> None:
        """Here and not in the page's own stack: the alarm on its silence also says that it could not be made."""
        scope = Construct(Construct(self, "StatusPage"), "status_page")
        alarm_on_errors(scope, "status_page", self.alarms)
        alarm_on_silence(scope, "status_page", self.alarms, self.settings.uptime.interval_minutes)

    def _look_into_the_database(self, connection: Connection) -> None:
        environment, limits = self.settings, self.settings.database_check
        table = self._table("DatabaseStates", "database-states", partition_key=_text(KEY))
        settings = DatabaseCheckSettings(
            environment=environment.name,
            state_table=table.table_name,
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
        check = MonitoringFunction(
            self,
            "database_check",
            settings=settings,
            environment=environment,
            alarms=self.alarms,
            layers=[self.layers.observability, self.layers.postgres_client],
            memory=256,
            timeout=Duration.seconds(60),
            runbook=Runbook.DATABASE_TROUBLE,
            **connection.placement,
        )
        connection.allow_login(check.function)
        check.allow(["dynamodb:GetItem", "dynamodb:PutItem"], [table.table_arn])
        run_every(self, "DatabaseCheck", limits.interval_minutes, check, self.scheduler)
        interval = Duration.minutes(limits.interval_minutes)
        self.database_down = DatabaseAlarms(self, settings, interval, self.alarms).unreachable

    def _table(self, identifier: str, name: str, **keys: Any) -> aws_dynamodb.Table:
        return aws_dynamodb.Table(
            self,
            identifier,
            table_name=physical_name(self.settings, name),
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=aws_dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=KEPT,
            **keys,
        )


def _text(name: str) -> aws_dynamodb.Attribute:
    return aws_dynamodb.Attribute(name=name, type=aws_dynamodb.AttributeType.STRING)
