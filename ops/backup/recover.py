"""The database brought back to a moment: a new RDS instance that is in everything else as the one it comes from.

RDS by itself gives a restored instance the default network and parameters, no logins by IAM and no secret for its
master user; what it takes only afterwards is changed once the instance is there.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from botocore.exceptions import WaiterError

from lambdas.shared.rds_instances import described
from lambdas.vocabulary.names import physical_name
from ops.account import Account
from ops.errors import OpsError, UsageError
from stacks.settings import Environment, ExistingDatabase, ExternalDatabase

LOOKS_EVERY: Final = timedelta(seconds=15)
LONGEST: Final = timedelta(hours=8)
RECOVERED_FROM: Final = "recovered-from"
"""The tag with the source's name: a command that was stopped goes on with the instance that it ordered."""

_KEPT: Final = {
    "DBInstanceClass": "DBInstanceClass",
    "MultiAZ": "MultiAZ",
    "PubliclyAccessible": "PubliclyAccessible",
    "StorageType": "StorageType",
    "MaxAllocatedStorage": "MaxAllocatedStorage",
    "IAMDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "EnabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "BackupRetentionPeriod": "BackupRetentionPeriod",
    "PreferredBackupWindow": "PreferredBackupWindow",
    "CopyTagsToSnapshot": "CopyTagsToSnapshot",
    "DeletionProtection": "DeletionProtection",
}
"""What the order says as the source has it: its word in a description, and in the order."""
_KEPT_AFTERWARDS: Final = ("PreferredMaintenanceWindow", "PerformanceInsightsEnabled")
_COMPARED: Final = (*_KEPT, *_KEPT_AFTERWARDS, "StorageEncrypted", "AllocatedStorage", "EngineVersion")


class Waiting(Protocol):
    def __call__(self, what: str) -> AbstractContextManager[None]: ...


@dataclass(frozen=True)
class Recovered:
    instance: Mapping[str, Any]
    """As RDS describes it."""
    differences: tuple[str, ...]
    """In what it is not as the source."""

    @property
    def address(self) -> str:
        endpoint = self.instance["Endpoint"]
        return f"{endpoint['Address']}:{endpoint['Port']}"

    @property
    def settings(self) -> dict[str, Any]:
        """What stands in the section `database` of the environment's file, once the instance takes the place."""
        found, network = self.instance, self.instance["DBSubnetGroup"]
        secret = found.get("MasterUserSecret", {}).get("SecretArn")
        return {
            "mode": "existing",
            "instance_identifier": found["DBInstanceIdentifier"],
            "resource_id": found["DbiResourceId"],
            "host": found["Endpoint"]["Address"],
            "port": found["Endpoint"]["Port"],
            "storage_type": found["StorageType"],
            "database_name": found["DBName"],
            **({"master_secret_arn": secret} if secret else {}),
            "vpc_id": network["VpcId"],
            "subnet_ids": [subnet["SubnetIdentifier"] for subnet in network["Subnets"]],
            "availability_zones": [subnet["SubnetAvailabilityZone"]["Name"] for subnet in network["Subnets"]],
            "security_group_id": found["VpcSecurityGroups"][0]["VpcSecurityGroupId"],
        }


def recover(account: Account, target: str, moment: datetime | None, waiting: Waiting) -> Recovered:
    """Restore the environment's instance to `moment`, or to the latest that there is, as a new instance `target`.

    It changes nothing of the source.  A second call goes on with what the first one ordered.  Raises UsageError for
    what cannot be ordered, OpsError when the instance does not come up, and what AWS refuses.
    """
    rds = account.client("rds")
    source = _source(account.environment, rds)
    there = described(rds, target)
    if there is None:
        _keep_logs(account, source, target)
        rds.restore_db_instance_to_point_in_time(**_order(source, target, _checked(moment, source)))
    elif _tags(there).get(RECOVERED_FROM) != source["DBInstanceIdentifier"]:
        raise UsageError(f"an RDS instance {target} is there already, and not by this command (--as names another)")
    with waiting(f"RDS restores {source['DBInstanceIdentifier']} as {target}"):
        _wait_until_available(rds, target)
    with waiting(f"setting what RDS takes only afterwards of {target}"):
        _change_the_rest(rds, source, target)
    found = described(rds, target)
    assert found is not None  # noqa: S101  (it was available just now)
    return Recovered(found, tuple(_differences(source, found)))


def _source(environment: Environment, rds: Any) -> Mapping[str, Any]:
    database = environment.database
    if isinstance(database, ExternalDatabase):
        raise UsageError(
            f"{environment.name} has a database that is none of RDS: it comes back from a dump"
            f" (ops {environment.name} backup restore --to URL)"
        )
    own = physical_name(environment, "database")
    name = database.instance_identifier if isinstance(database, ExistingDatabase) else own
    found = described(rds, name)
    if found is None:
        raise UsageError(
            f"there is no RDS instance {name} any more: what RDS kept of it is restored by its resource id"
            " (docs/operations.md#restore-by-hand)"
        )
    return found


def _checked(moment: datetime | None, source: Mapping[str, Any]) -> datetime | None:
    name, latest = source["DBInstanceIdentifier"], source.get("LatestRestorableTime")
    if latest is None:
        raise UsageError(f"{name} has no restorable time: its automated backups are off, or not made yet")
    if moment and moment > latest:
        raise UsageError(f"{name} can be restored up to {latest:%Y-%m-%dT%H:%M:%SZ}, not to a later moment (--at)")
    return moment


def _order(source: Mapping[str, Any], target: str, moment: datetime | None) -> dict[str, Any]:
    tags = [tag for tag in source.get("TagList", ()) if not tag["Key"].startswith("aws:")]
    return {
        "SourceDBInstanceIdentifier": source["DBInstanceIdentifier"],
        "TargetDBInstanceIdentifier": target,
        **({"RestoreTime": moment} if moment else {"UseLatestRestorableTime": True}),
        "DBSubnetGroupName": source["DBSubnetGroup"]["DBSubnetGroupName"],
        "VpcSecurityGroupIds": [group["VpcSecurityGroupId"] for group in source["VpcSecurityGroups"]],
        "DBParameterGroupName": source["DBParameterGroups"][0]["DBParameterGroupName"],
        "Port": source["Endpoint"]["Port"],
        **{asked: source[said] for said, asked in _KEPT.items() if source.get(said) is not None},
        "Tags": [*tags, {"Key": RECOVERED_FROM, "Value": source["DBInstanceIdentifier"]}],
    }


def _keep_logs(account: Account, source: Mapping[str, Any], target: str) -> None:
    """Make the groups before RDS does: its own would never expire."""
    logs, days = account.client("logs"), account.environment.log_retention_days
    for log in source.get("EnabledCloudwatchLogsExports", ()):
        name = f"/aws/rds/instance/{target}/{log}"
        with suppress(logs.exceptions.ResourceAlreadyExistsException):  # of an instance of that name before
            logs.create_log_group(logGroupName=name)
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)


def _wait_until_available(rds: Any, target: str) -> None:
    every = int(LOOKS_EVERY.total_seconds())
    patience = {"Delay": every, "MaxAttempts": int(LONGEST.total_seconds()) // max(every, 1)}
    try:
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=target, WaiterConfig=patience)
    except WaiterError as error:
        found = described(rds, target)
        status = found["DBInstanceStatus"] if found else "gone"
        raise OpsError(f"{target} did not become available: it is {status} (see its events at RDS; {error})") from error


def _change_the_rest(rds: Any, source: Mapping[str, Any], target: str) -> None:
    asked: dict[str, Any] = {"PreferredMaintenanceWindow": source["PreferredMaintenanceWindow"]}
    if managed := "MasterUserSecret" in source:
        asked["ManageMasterUserPassword"] = True
    if source.get("PerformanceInsightsEnabled"):
        asked["EnablePerformanceInsights"] = True
        asked["PerformanceInsightsRetentionPeriod"] = source["PerformanceInsightsRetentionPeriod"]
    rds.modify_db_instance(DBInstanceIdentifier=target, ApplyImmediately=True, **asked)
    deadline = time.monotonic() + LONGEST.total_seconds()
    while managed and not _has_secret(described(rds, target)):
        if time.monotonic() > deadline:
            raise OpsError(f"RDS made no secret for the master user of {target} (see its events at RDS)")
        time.sleep(LOOKS_EVERY.total_seconds())


def _has_secret(found: Mapping[str, Any] | None) -> bool:
    return found is not None and found.get("MasterUserSecret", {}).get("SecretStatus") == "active"


def _differences(source: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name in _COMPARED:
        if source.get(name) != found.get(name):
            yield f"{name}: {found.get(name)}, {source.get(name)} of the source"


def _tags(found: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found.get("TagList", ())}
