"""What outlives its stack: whatever holds data, and whatever that cannot be without."""

from aws_cdk import RemovalPolicies, RemovalPolicy
from constructs import IConstruct

KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
"""Kept when its stack goes, or when its stack has no use for it any more; deleted when the creation that made it fails.

With plain `Retain` a failed first deployment would leave it, and the second would find its name taken.
"""


def keep(construct: IConstruct) -> None:
    """Keep every resource in `construct`, whoever put it there."""
    RemovalPolicies.of(construct).retain_on_update_or_delete()
