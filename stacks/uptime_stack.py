"""Probes of the API and of the database, what is remembered of them, and the alarms on both."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Stack, aws_dynamodb, aws_iam
from constructs import Construct

from stacks.alarms.database import database_alarms
from stacks.alarms.endpoints import alarm_on_endpoints, prober_alarms
from stacks.alarms.spec import Alarms
from stacks.functions.database_check import DatabaseCheck
from stacks.functions.health_check import HealthCheck
from stacks.functions.status_page import status_page_alarms
from stacks.platform.database_connection import Connection
from stacks.platform.platform import Platform
from stacks.platform.schedules import scheduler_role
from stacks.resources.state_tables import database_states, endpoint_states
from stacks.settings import Environment, MonitoredEndpoint


class UptimeStack(Stack):
    """`connection` says where the database is and admits the check.

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
        self.platform = Platform.of(self, environment, alarms)
        self.states: aws_dynamodb.Table | None = None
        self.without_room: Sequence[MonitoredEndpoint] = ()
        scheduler = scheduler_role(self, environment, "uptime")
        self._check_the_database(connection, scheduler)
        if environment.uptime.endpoints:
            self._probe(scheduler)

    def _check_the_database(self, connection: Connection, scheduler: aws_iam.Role) -> None:
        check = DatabaseCheck(
            self,
            platform=self.platform,
            states=database_states(self, self.settings),
            connection=connection,
        )
        check.run_on_schedule(scheduler)
        self.alarms.make(Construct(self, "Database"), database_alarms(self.settings, check.settings))

    def _probe(self, scheduler: aws_iam.Role) -> None:
        self.states = endpoint_states(self, self.settings)
        check = HealthCheck(self, platform=self.platform, region=self.settings.region, states=self.states)
        check.run_on_schedule(scheduler)
        if self.settings.uptime.status_page:
            # Here and not in the page's own stack: the alarm on its silence also says that it could not be made.
            page = Construct(Construct(self, "StatusPage"), "status_page")
            self.alarms.make(page, status_page_alarms(self.settings))
        self.alarms.make(Construct(self, "Prober"), prober_alarms(self.settings))
        here = Construct(self, "EndpointAlarms")
        self.without_room = alarm_on_endpoints(here, self.settings.uptime.endpoints, self.alarms)
