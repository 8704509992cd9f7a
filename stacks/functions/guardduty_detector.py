"""GuardDuty in the environment's region, held to what the environment file says."""

from aws_cdk import ArnFormat, Stack, aws_iam
from constructs import Construct

from lambdas.guardduty_detector.settings import Settings
from lambdas.vocabulary.guardduty import Plan
from stacks.platform.deployment_task import DeploymentTask
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform

SERVICE = "guardduty.amazonaws.com"
ROLES = {  # what GuardDuty reads with, made when it is first switched on
    SERVICE: "AWSServiceRoleForAmazonGuardDuty",
    f"malware-protection.{SERVICE}": "AWSServiceRoleForAmazonGuardDutyMalwareProtection",
}


class Detector(Construct):
    """A function and not `AWS::GuardDuty::Detector`: that fails where the region has a detector already.

    Looked at, and where it falls short put right, whenever the stack is deployed with a changed setting; deleting the
    stack leaves it on.
    """

    def __init__(self, scope: Construct, *, platform: Platform) -> None:
        super().__init__(scope, "Detector")
        plans = platform.environment.security.guardduty_plans
        settings = Settings(
            environment=platform.environment.name,
            plans=plans,
            publishing_frequency="FIFTEEN_MINUTES",
        )
        holder, _ = DeploymentTask.of(
            self,
            "Held",
            "guardduty_detector",
            resource_type="Custom::GuardDutyDetector",
            settings=settings,
            platform=platform,
        )
        self._allow(holder, plans)

    def _allow(self, holder: MonitoringFunction, plans: tuple[str, ...]) -> None:
        detectors = Stack.of(self).format_arn(service="guardduty", resource="detector", resource_name="*")
        holder.allow(
            ["guardduty:GetDetector", "guardduty:UpdateDetector"],
            [detectors],
            because="A region has one detector, and its identifier is known once it is there.",
        )
        holder.allow(
            ["guardduty:CreateDetector", "guardduty:ListDetectors", "guardduty:GetAdministratorAccount"],
            ["*"],
            because="None of these actions takes a narrower resource.",
        )
        for service in ROLES if Plan.EBS_MALWARE_PROTECTION in plans else [SERVICE]:
            self._allow_role(holder, service)

    def _allow_role(self, holder: MonitoringFunction, service: str) -> None:
        role = Stack.of(self).format_arn(
            service="iam",
            region="",
            resource="role",
            resource_name=f"aws-service-role/{service}/{ROLES[service]}",
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        holder.function.add_to_role_policy(
            aws_iam.PolicyStatement(
                actions=["iam:CreateServiceLinkedRole"],
                resources=[role],
                conditions={"StringEquals": {"iam:AWSServiceName": service}},
            )
        )
