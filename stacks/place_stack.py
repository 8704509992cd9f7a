"""A further region that probes: a copy of the probing function, which the one at home asks."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from stacks.functions.health_check import HealthCheck
from stacks.platform.endpoints_layer import endpoints_layer
from stacks.platform.layers import Layers
from stacks.settings import Environment


class PlaceStack(Stack):
    """It has no alarms of its own, as they would reach nobody there: its silence is alarmed at home."""

    def __init__(
        self, scope: Construct, identifier: str, *, environment: Environment, place: str, **stack: Any
    ) -> None:
        super().__init__(scope, identifier, **stack)
        layers = Layers(self, environment)
        HealthCheck(
            self,
            environment=environment,
            place=place,
            alarms=None,
            layers=[layers.observability, layers.probing, endpoints_layer(self, environment)],
        )
