"""Removes the two rules that every VPC's default security group comes with."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from lambdas.default_security_groups.settings import Settings
from lambdas.shared.observability import logger

ANYTHING = "-1"
NOT_THERE = "InvalidPermission.NotFound"


def close_groups(settings: Settings, ec2: Any) -> dict[str, str]:
    """Remove them, so that an interface without a group of its own connects to nothing; can be repeated.

    Returns the groups as an attribute of the custom resource.
    """
    for group in settings.groups:
        its_own = {"UserIdGroupPairs": [{"GroupId": group, "UserId": settings.account}]}
        _revoke(ec2.revoke_security_group_ingress, group, its_own)
        _revoke(ec2.revoke_security_group_egress, group, {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]})
    logger.info("default security groups closed", groups=settings.groups)
    return {"Groups": ",".join(settings.groups)}


def _revoke(operation: Callable[..., Any], group: str, peer: dict[str, Any]) -> None:
    try:
        operation(GroupId=group, IpPermissions=[{"IpProtocol": ANYTHING, **peer}])
    except ClientError as error:
        if error.response["Error"]["Code"] != NOT_THERE:
            raise
