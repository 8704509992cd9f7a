"""What RDS says of the instance itself."""

from typing import Any

from lambdas.vocabulary.instance_classes import INSTANCE_CLASSES
from layers.postgresql import NEWEST, RELEASES
from ops.adopt.draft import Draft
from ops.errors import OpsError, UsageError

_SHORTEST_RETENTION = 7  # days
_STORAGE_TYPES = ("gp2", "gp3", "io1", "io2")
_MANAGED = "aws rds modify-db-instance --db-instance-identifier {} --manage-master-user-password --apply-immediately"


def find_instance(rds: Any, identifier: str) -> dict[str, Any]:
    """As it will be once the changes that already wait are made; raises OpsError for one that cannot be adopted."""
    try:
        [found] = rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    except rds.exceptions.DBInstanceNotFoundFault:
        raise UsageError(
            f"there is no RDS instance {identifier!r} in {rds.meta.region_name}"
            " (aws rds describe-db-instances lists them; --region names another region)"
        ) from None
    if reason := _refused(found):
        raise OpsError(f"{identifier} {reason}")
    return {**found, **found.get("PendingModifiedValues", {})}


def _refused(found: dict[str, Any]) -> str | None:
    engine, version = found["Engine"], found["EngineVersion"]
    if engine != "postgres":
        return f"is {engine}, not RDS for PostgreSQL (any other PostgreSQL is mode external: docs/settings.md)"
    if int(version.partition(".")[0]) not in RELEASES:
        return f"is PostgreSQL {version}, and {min(RELEASES)} to {NEWEST} are backed up (upgrade it first)"
    if source := found.get("ReadReplicaSourceDBInstanceIdentifier"):
        return f"is a read replica (adopt its source: {source})"
    if not found.get("Endpoint", {}).get("Address"):
        return f"has no endpoint yet, its status is {found['DBInstanceStatus']} (wait until it is available)"
    return None


def put_instance(draft: Draft, found: dict[str, Any]) -> None:
    """All settings that stand in the description of the instance."""
    endpoint, network = found["Endpoint"], found["DBSubnetGroup"]
    identifier = found["DBInstanceIdentifier"]
    draft.put("account", found["DBInstanceArn"].split(":")[4])
    draft.put("database.mode", "existing")
    draft.put("database.name", identifier)
    draft.put("database.instance_identifier", identifier)
    draft.put("database.resource_id", found["DbiResourceId"])
    draft.put("database.host", endpoint["Address"])
    draft.put("database.port", endpoint["Port"])
    if name := found.get("DBName"):
        draft.put("database.database_name", name, "the one that was made with the instance")
    else:
        draft.unread["database.database_name"] = "no database was made with the instance, and RDS knows of no others"
    _put_size(draft, found)
    _put_backups(draft, found)
    _put_secret(draft, found)
    draft.put("database.vpc_id", network["VpcId"])
    _put_security_group(draft, [group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]])
    draft.put("database.subnet_ids", [subnet["SubnetIdentifier"] for subnet in network["Subnets"]])
    zones = [subnet["SubnetAvailabilityZone"]["Name"] for subnet in network["Subnets"]]
    draft.put("database.availability_zones", zones)


def _put_size(draft: Draft, found: dict[str, Any]) -> None:
    name, kind = found["DBInstanceClass"].removeprefix("db."), found.get("StorageType")
    known = "" if name in INSTANCE_CLASSES else "too new for the table of classes"
    draft.put("database.instance_class", name, known)
    draft.put("database.allocated_storage_gb", found["AllocatedStorage"])
    if kind in _STORAGE_TYPES:
        draft.put("database.storage_type", kind)
    else:
        draft.unread["database.storage_type"] = f"it is {kind}, which has no setting of its own"


def _put_backups(draft: Draft, found: dict[str, Any]) -> None:
    days, note = found["BackupRetentionPeriod"], None
    if days < _SHORTEST_RETENTION:
        note = f"RDS keeps {days} now; the deployment raises that"
        note += ", which interrupts the instance for a moment" if not days else ""
    draft.put("database.backup_retention_days", max(days, _SHORTEST_RETENTION), note)
    draft.put("database.backup_window", found["PreferredBackupWindow"], "as it is now, in UTC")


def _put_secret(draft: Draft, found: dict[str, Any]) -> None:
    if arn := found.get("MasterUserSecret", {}).get("SecretArn"):
        draft.put("database.master_secret_arn", arn, "RDS keeps the master user's password there")
    else:
        command = _MANAGED.format(found["DBInstanceIdentifier"])
        draft.unread["database.master_secret_arn"] = (
            f"RDS does not keep the master user's password (let it: {command}; or name a secret with username and"
            " password)"
        )


def _put_security_group(draft: Draft, groups: list[str]) -> None:
    others = f"it is in these too: {', '.join(groups[1:])}" if len(groups) > 1 else None
    draft.put("database.security_group_id", groups[0], others)
