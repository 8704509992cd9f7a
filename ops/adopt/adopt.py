"""One RDS instance as an environment file."""

from pathlib import Path

import boto3
from botocore.exceptions import NoRegionError

from ops.adopt.draft import Draft
from ops.adopt.instance import find_instance, put_instance
from ops.adopt.surroundings import Clients, put_surroundings
from ops.errors import UsageError


def read(instance: str, region: str | None, file: Path) -> tuple[Draft, str]:
    """What the account says, and a title for the file; raises UsageError when the file is there already."""
    if file.exists():
        raise UsageError(f"{file} is there already, and is not overwritten (--name chooses another name)")
    session = boto3.Session(region_name=region)
    try:
        clients = Clients(session.client("rds"), session.client("ec2"), session.client("logs"))
    except NoRegionError:
        raise UsageError("name the region: --region us-east-1, or AWS_REGION") from None
    found = find_instance(clients.rds, instance)
    draft = Draft(file)
    draft.put("name", file.stem)
    draft.put("region", session.region_name)
    put_instance(draft, found)
    put_surroundings(draft, found, clients)
    groups = ", ".join(group["DBParameterGroupName"] for group in found["DBParameterGroups"])
    authority = found.get("CACertificateIdentifier", "an unknown authority")
    title = (
        f"The RDS instance {found['DBInstanceIdentifier']}: PostgreSQL {found['EngineVersion']}, parameter group"
        f" {groups}, certificate of {authority}."
    )
    return draft, title
