"""The default security groups of this system's VPCs, without the rules that AWS puts into them."""

from collections.abc import Sequence

from aws_cdk import CustomResource, Duration, Stack
from constructs import Construct

from lambdas.default_security_groups.settings import Settings
from stacks.constructs.alarms import Alarms
from stacks.constructs.function import MonitoringFunction
from stacks.constructs.layers import Layers
from stacks.settings import Environment


class ClosedDefaultGroups(Construct):
    """By a function of ours: CloudFormation cannot, and the CDK's own has a policy of AWS's and a log without end."""

    def __init__(
        self, scope: Construct, *, environment: Environment, alarms: Alarms, layers: Layers, groups: Sequence[str]
    ) -> None:
        super().__init__(scope, "DefaultGroups")
        stack = Stack.of(self)
        settings = Settings(environment=environment.name, account=stack.account, groups=tuple(groups))
        closer = MonitoringFunction(
            self,
            "default_security_groups",
            settings=settings,
            environment=environment,
            alarms=alarms,
            layers=[layers.observability],
            memory=256,
            timeout=Duration.minutes(1),
            at_deployment=True,
        )
        arns = [stack.format_arn(service="ec2", resource="security-group", resource_name=group) for group in groups]
        closer.allow(["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"], arns)
        closed = CustomResource(
            self,
            "Closed",
            service_token=closer.function.function_arn,
            resource_type="Custom::ClosedDefaultGroups",
            properties=settings.to_environment(),
        )
        closed.node.add_dependency(closer)
