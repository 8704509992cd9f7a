"""An RDS instance as RDS describes it."""

from collections.abc import Mapping
from typing import Any, Final

LOST: Final = (
    "deleting",
    "failed",
    "inaccessible-encryption-credentials",
    "inaccessible-encryption-credentials-recoverable",
    "incompatible-credentials",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-parameters",
    "incompatible-restore",
    "insufficient-capacity",
    "restore-error",
    "stopped",
    "stopping",
    "storage-full",
)
"""Statuses in which nothing gets better by waiting:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html"""


def described(rds: Any, identifier: str) -> Mapping[str, Any] | None:
    """None where there is no such instance; `rds` is a boto3 or botocore client."""
    try:
        (found,) = rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    except rds.exceptions.DBInstanceNotFoundFault:
        return None
    known: Mapping[str, Any] = found
    return known
