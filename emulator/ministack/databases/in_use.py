"""What an instance uses cannot be deleted; MiniStack would allow it."""

from collections.abc import Callable
from typing import Any

from ministack.services import rds
from ministack.services.cloudformation import provisioners

Instance = dict[str, Any]


def register() -> None:
    for name, uses, refusal in (
        ("AWS::EC2::SecurityGroup", _in_security_group, "resource {} has a dependent object"),
        ("AWS::EC2::Subnet", _in_subnet, "The subnet '{}' has dependencies and cannot be deleted."),
        (
            "AWS::RDS::DBParameterGroup",
            _in_parameter_group,
            "One or more database instances are still members of this parameter group {}",
        ),
        (
            "AWS::RDS::DBSubnetGroup",
            _in_subnet_group,
            "Cannot delete the subnet group '{}' because at least one database instance is still using it.",
        ),
    ):
        handler = provisioners._RESOURCE_HANDLERS[name]
        handler["delete"] = _refusing(handler["delete"], uses, refusal)


def _refusing(
    delete: Callable[[str, Any], None], uses: Callable[[Instance, str], bool], refusal: str
) -> Callable[[str, Any], None]:
    def delete_unless_in_use(reference: str, properties: Any) -> None:
        if any(uses(instance, reference) for instance in rds._instances.values()):
            raise ValueError(refusal.format(reference))
        delete(reference, properties)

    return delete_unless_in_use


def _in_security_group(instance: Instance, group: str) -> bool:
    return group in (it["VpcSecurityGroupId"] for it in instance["VpcSecurityGroups"])


def _in_subnet(instance: Instance, subnet: str) -> bool:
    """Its network interface lies in the subnet of its zone."""
    return (subnet, instance["AvailabilityZone"]) in (
        (it["SubnetIdentifier"], it["SubnetAvailabilityZone"]["Name"]) for it in instance["DBSubnetGroup"]["Subnets"]
    )


def _in_parameter_group(instance: Instance, group: str) -> bool:
    return group in (it["DBParameterGroupName"] for it in instance["DBParameterGroups"])


def _in_subnet_group(instance: Instance, group: str) -> bool:
    return bool(group == instance["DBSubnetGroup"]["DBSubnetGroupName"])
