"""What every function of a stack is made with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from aws_cdk import aws_cloudwatch
from constructs import Construct

from stacks.alarms.spec import Alarms, Spec
from stacks.platform.layers import Layers
from stacks.settings import Environment


@dataclass(frozen=True)
class Platform:
    """The environment, and what a stack's functions share.

    Without `alarms` the stack is in another region than the environment's, where an alarm would reach nobody.
    """

    environment: Environment
    alarms: Alarms | None
    layers: Layers

    @classmethod
    def of(cls, scope: Construct, environment: Environment, alarms: Alarms | None) -> Self:
        """With layers that are made in `scope`."""
        return cls(environment, alarms, Layers(scope, environment))

    def make_alarms(self, scope: Construct, specs: Iterable[Spec]) -> list[aws_cloudwatch.AlarmBase]:
        """Make an alarm of each row, or none in another region."""
        return self.alarms.make(scope, specs) if self.alarms else []
