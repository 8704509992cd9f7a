"""What is watched with AWS's own metrics and the backend's logs, and the dashboard on all of it."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from lambdas.vocabulary.log_contract import Field
from stacks.alarms.api import alarm_on_failing_api, api_alarms
from stacks.alarms.api_signals import api_signals
from stacks.alarms.mute_rules import MuteRules
from stacks.alarms.rds import rds_alarms
from stacks.alarms.rds_burst import burst_alarms
from stacks.alarms.security import alarm_on_one_contributor, alarm_on_refused_logins, api_security_alarms
from stacks.alarms.spec import Alarms
from stacks.dashboard.overview import Overview
from stacks.functions.error_budget import ErrorBudget
from stacks.functions.first_run import FirstRun
from stacks.functions.prometheus_scrape import PrometheusScrape
from stacks.platform.database_connection import Connection
from stacks.platform.platform import Platform
from stacks.resources.api_log import ApiLog
from stacks.resources.error_sources import ErrorSources
from stacks.resources.login_counts import count_failed_logins_by, count_refused_logins, database_log_group
from stacks.resources.saved_queries import SavedQueries
from stacks.settings import Environment, ExternalDatabase

CONTRIBUTORS = {Field.CLIENT: "address", Field.USER: "user name"}


class MonitoringStack(Stack):
    """Comes last: its dashboard shows every alarm that the other stacks made."""

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
        self.alarms = alarms
        platform = Platform.of(self, environment, alarms)
        self.api_log = ApiLog(self, environment)
        signals = api_signals(environment)
        alarms.make(Construct(self, "Api"), api_alarms(environment, signals))
        alarms.make(self, [alarm_on_failing_api(environment)])
        error_budget = ErrorBudget(self, platform, signals)
        self._watch_instance(environment, connection.instance_identifier)
        self._watch_logins(environment)
        if environment.api.prometheus:
            PrometheusScrape(self, platform)
        SavedQueries(self, environment, connection)
        MuteRules(self, alarms)
        self.overview = Overview(self, environment, alarms.watched, signals)
        if environment.errors.enabled:
            ErrorSources(self, environment, self.api_log.group)
        if environment.first_run:
            FirstRun(self, platform).ran.node.add_dependency(error_budget)

    def _watch_instance(self, environment: Environment, identifier: str | None) -> None:
        database = environment.database
        if identifier and not isinstance(database, ExternalDatabase):
            scope = Construct(self, "Rds")
            self.alarms.make(scope, rds_alarms(environment, database, identifier))
            self.alarms.make(scope, burst_alarms(database, identifier))

    def _watch_logins(self, environment: Environment) -> None:
        scope = Construct(self, "Security")
        self.alarms.make(scope, api_security_alarms(environment))
        if group := database_log_group(environment):
            count_refused_logins(scope, environment, group)
            self.alarms.make(scope, [alarm_on_refused_logins(environment, group)])
        for field, what in CONTRIBUTORS.items() if environment.security.contributor_insights else ():
            rule = count_failed_logins_by(scope, environment, field)
            for alarm in self.alarms.make(scope, [alarm_on_one_contributor(environment, field, what, rule.rule_name)]):
                alarm.node.add_dependency(rule)
