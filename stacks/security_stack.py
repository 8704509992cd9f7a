"""GuardDuty, security events of the backend and the account's hygiene, and how they reach people."""

from typing import Any

from aws_cdk import CfnWaitConditionHandle, Stack
from constructs import Construct

from stacks.alerting_stack import AlertingStack
from stacks.settings import Environment


class SecurityStack(Stack):
    """`alerting` has the topics that findings go to, and makes the alarms."""

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        alerting: AlertingStack,
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        self.settings = environment
        self.alerting = alerting
        CfnWaitConditionHandle(self, "Nothing")
