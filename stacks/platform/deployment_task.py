"""A function that CloudFormation runs when it is deployed, and again whenever what it is told changes."""

from typing import NamedTuple

from aws_cdk import CustomResource, Duration
from constructs import Construct

from lambdas.shared.environment import FunctionSettings
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform


class DeploymentTask(NamedTuple):
    function: MonitoringFunction
    done: CustomResource

    @classmethod
    def of(
        cls,
        scope: Construct,
        identifier: str,
        folder: str,
        *,
        resource_type: str,
        settings: FunctionSettings,
        platform: Platform,
        timeout: Duration | None = None,
    ) -> "DeploymentTask":
        """A function in `lambdas/<folder>` (default: for one minute), and the custom resource that runs it."""
        function = MonitoringFunction(
            scope,
            folder,
            settings=settings,
            platform=platform,
            memory=256,
            timeout=timeout or Duration.minutes(1),
            at_deployment=True,
        )
        done = CustomResource(
            scope,
            identifier,
            service_token=function.function.function_arn,
            resource_type=resource_type,
            properties=settings.to_environment(),
        )
        done.node.add_dependency(function)
        return cls(function, done)
