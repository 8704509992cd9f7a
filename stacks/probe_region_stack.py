"""A further region that probes: a copy of the probing function, which the one in the home region asks."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from stacks.functions.health_check import HealthCheck
from stacks.platform.platform import Platform
from stacks.settings import Environment


class ProbeRegionStack(Stack):
    """It has no alarms of its own, as they would be sent to nobody: its silence is alarmed in the home region."""

    def __init__(self, scope: Construct, identifier: str, *, environment: Environment, **stack: Any) -> None:
        super().__init__(scope, identifier, **stack)
        HealthCheck(self, platform=Platform.of(self, environment, alarms=None), region=self.region)
