"""What is watched with AWS's own metrics and the backend's logs, and the dashboard on all of it."""

from typing import Any

from aws_cdk import Duration, Stack, aws_cloudwatch
from constructs import Construct

from stacks.alarms.api import ApiAlarms
from stacks.alarms.api_signals import api_signals
from stacks.alarms.consequences import alarm_on_failing_api
from stacks.alarms.database import CHECKS
from stacks.alarms.mute_rules import MuteRules
from stacks.alarms.rds import RdsAlarms
from stacks.alarms.security import SecurityAlarms
from stacks.alarms.spec import Alarms
from stacks.dashboard.overview import Overview
from stacks.database_stack import Connection
from stacks.functions.error_budget import ErrorBudget
from stacks.functions.first_run import FirstRun
from stacks.resources.api_log import ApiLog
from stacks.resources.saved_queries import SavedQueries
from stacks.settings import Environment, ExternalDatabase


class MonitoringStack(Stack):
    """Comes last: its dashboard shows every alarm that the other stacks made."""

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        connection: Connection,
        database_down: aws_cloudwatch.IAlarm,
        alarms: Alarms,
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        self.settings = environment
        self.connection = connection
        self.alarms = alarms
        self.database_down = database_down
        self.api_log = ApiLog(self, environment)
        self.signals = api_signals(environment)
        self.api_alarms = ApiAlarms(self, environment, self.signals, alarms)
        alarm_on_failing_api(
            self, self.api_alarms, alarms=alarms, database_down=database_down, down_within=self.down_within
        )
        self.error_budget = ErrorBudget(self, environment, self.signals, alarms)
        self._watch_instance()
        SecurityAlarms(self, environment, alarms)
        SavedQueries(self, environment, connection)
        MuteRules(self, alarms)
        self.overview = Overview(self, environment, alarms.watched, self.signals)
        if environment.first_run:
            FirstRun(self, environment, alarms).ran.node.add_dependency(self.error_budget)

    def _watch_instance(self) -> None:
        database, identifier = self.settings.database, self.connection.instance_identifier
        if identifier and not isinstance(database, ExternalDatabase):
            RdsAlarms(
                self,
                identifier=identifier,
                database=database,
                down=self.database_down,
                down_within=self.down_within,
                alarms=self.alarms,
            )

    @property
    def down_within(self) -> Duration:
        """How soon after its fall a database that is down is told, with a margin for the check itself."""
        return Duration.minutes(CHECKS * self.settings.database_check.interval_minutes + 2)
