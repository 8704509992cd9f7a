"""What is watched with AWS's own metrics and the backend's logs, and the dashboard on all of it."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from stacks.constructs.alarms import Alarms
from stacks.constructs.overview import Overview
from stacks.database_stack import Connection
from stacks.settings import Environment


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
        self.settings = environment
        self.connection = connection
        self.alarms = alarms
        self.overview = Overview(self, environment, alarms.watched)
