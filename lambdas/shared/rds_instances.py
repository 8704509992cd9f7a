"""An RDS instance as RDS describes it."""

from collections.abc import Mapping
from typing import Any


def described(rds: Any, identifier: str) -> Mapping[str, Any] | None:
    """None where there is no such instance; `rds` is a boto3 or botocore client."""
    try:
        (found,) = rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    except rds.exceptions.DBInstanceNotFoundFault:
        return None
    known: Mapping[str, Any] = found
    return known
