"""The default security groups of this system's VPCs, without the rules that AWS puts into them."""

from collections.abc import Sequence

from aws_cdk import Stack
from constructs import Construct

from lambdas.default_security_groups.settings import Settings
from stacks.platform.deployment_task import DeploymentTask
from stacks.platform.platform import Platform


class ClosedDefaultGroups(Construct):
    """By a function of ours: CloudFormation cannot, and the CDK's own has a policy of AWS's and a log without end."""

    def __init__(self, scope: Construct, *, platform: Platform, groups: Sequence[str]) -> None:
        super().__init__(scope, "DefaultGroups")
        stack = Stack.of(self)
        settings = Settings(environment=platform.environment.name, account=stack.account, groups=tuple(groups))
        closer, _ = DeploymentTask.of(
            self,
            "Closed",
            "default_security_groups",
            resource_type="Custom::ClosedDefaultGroups",
            settings=settings,
            platform=platform,
        )
        arns = [stack.format_arn(service="ec2", resource="security-group", resource_name=group) for group in groups]
        closer.allow(["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"], arns)
