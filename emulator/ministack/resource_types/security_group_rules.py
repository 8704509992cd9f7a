"""Rules of security groups as resources of their own, written into the group that MiniStack keeps."""

import secrets
from dataclasses import dataclass

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from emulator.ministack.resource_types.resource_type import Attributes, Properties, ResourceType, described


@dataclass(frozen=True)
class SecurityGroupRule(ResourceType):
    """`store` is the group's list that the rule belongs to."""

    store: str = "IpPermissions"

    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:  # noqa: ARG002
        group = ec2._security_groups.get(properties["GroupId"])
        if group is None:
            raise ValueError(f"The security group '{properties['GroupId']}' does not exist")
        (rule,) = provisioners._ec2_sg_permissions([properties])
        if rule in group[self.store]:
            raise ValueError("the specified rule already exists")
        group[self.store].append(rule)
        reference = f"sgr-{secrets.token_hex(9)[:17]}"
        return reference, {"Id": reference}

    def update(self, reference: str, old: Properties, new: Properties) -> Attributes:
        """Only the description can change in place."""
        self.delete(reference, old)
        (rule,) = provisioners._ec2_sg_permissions([new])
        ec2._security_groups[new["GroupId"]][self.store].append(rule)
        return {"Id": reference}

    def delete(self, reference: str, properties: Properties) -> None:  # noqa: ARG002
        (rule,) = provisioners._ec2_sg_permissions([properties])
        group = ec2._security_groups.get(properties["GroupId"], {self.store: []})
        group[self.store][:] = [it for it in group[self.store] if it != rule]


_INGRESS = described(
    "CidrIp CidrIpv6 FromPort GroupId IpProtocol SourcePrefixListId SourceSecurityGroupId"
    " SourceSecurityGroupName SourceSecurityGroupOwnerId ToPort"
)
_EGRESS = described(
    "CidrIp CidrIpv6 DestinationPrefixListId DestinationSecurityGroupId FromPort GroupId IpProtocol ToPort"
)
_REQUIRED = described("GroupId IpProtocol")
_OPTIONAL = described("Description")

TYPES = (
    SecurityGroupRule(
        "AWS::EC2::SecurityGroupIngress", _REQUIRED, _INGRESS | _OPTIONAL, _INGRESS, store="IpPermissions"
    ),
    SecurityGroupRule(
        "AWS::EC2::SecurityGroupEgress", _REQUIRED, _EGRESS | _OPTIONAL, _EGRESS, store="IpPermissionsEgress"
    ),
)
