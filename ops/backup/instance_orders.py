"""What RDS is asked for when a database is brought back: an instance that is as another in all but its data.

RDS by itself gives a restored instance the default network and parameters, no logins by IAM and no secret for its
master user; what it takes only afterwards is changed once the instance is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from ops.errors import UsageError

RECOVERED_FROM: Final = "recovered-from"
"""The tag with where it comes from: a command that was stopped goes on with the instance that it ordered."""

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
_DISK: Final = {
    "AllocatedStorage": "AllocatedStorage",
    "StorageEncrypted": "StorageEncrypted",
    "KmsKeyId": "KmsKeyId",
    "Engine": "Engine",
    "EngineVersion": "EngineVersion",
    "MasterUsername": "MasterUsername",
}
"""What a restored instance has of its source anyway, and an empty one must be given."""
_SPEED: Final = {"Iops": "Iops", "StorageThroughput": "StorageThroughput"}
_GP3_SPEED_FROM: Final = 400
"""GiB: of a smaller gp3 disk RDS takes no speed, though it describes one."""
COMPARED: Final = (*_KEPT, *_KEPT_AFTERWARDS, "StorageEncrypted", "AllocatedStorage", "EngineVersion")
"""What a new instance is compared with its source by."""


class Way(Protocol):
    """How the new instance comes to be."""

    def origin(self, source: str) -> str:
        """Where it comes from, for its tag: another call for something else does not go on with it."""

    def order(self, rds: Any, source: Mapping[str, Any], as_source: dict[str, Any], target: str) -> None:
        """Have RDS make `target`, with what every order says `as_source` has it."""

    def complete(self, rds: Any, source: Mapping[str, Any], target: str, /) -> None:
        """Set what could not be said in the order; the instance is available."""

    def makes_secret(self, source: Mapping[str, Any], /) -> bool:
        """Whether RDS keeps the master user's password."""


@dataclass(frozen=True)
class ToMoment:
    """With RDS's own data of `moment`, or of the latest that there is."""

    moment: datetime | None = None

    def origin(self, source: str) -> str:
        return source

    def order(self, rds: Any, source: Mapping[str, Any], as_source: dict[str, Any], target: str) -> None:
        moment = _checked(self.moment, source)
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier=source["DBInstanceIdentifier"],
            TargetDBInstanceIdentifier=target,
            **({"RestoreTime": moment} if moment else {"UseLatestRestorableTime": True}),
            **as_source,
        )

    def complete(self, rds: Any, source: Mapping[str, Any], target: str, /) -> None:
        secret = {"ManageMasterUserPassword": True} if self.makes_secret(source) else {}
        rds.modify_db_instance(DBInstanceIdentifier=target, ApplyImmediately=True, **_afterwards(source), **secret)

    def makes_secret(self, source: Mapping[str, Any], /) -> bool:
        return "MasterUserSecret" in source


@dataclass(frozen=True)
class Empty:
    """For a backup: with an empty database of that name, and a secret of RDS's for the master user."""

    database: str

    def origin(self, source: str) -> str:
        return f"{source}/empty"

    def order(self, rds: Any, source: Mapping[str, Any], as_source: dict[str, Any], target: str) -> None:
        has_speed = source["StorageType"] != "gp3" or source["AllocatedStorage"] >= _GP3_SPEED_FROM
        given = _DISK | (_SPEED if has_speed else {})
        rds.create_db_instance(
            DBInstanceIdentifier=target,
            DBName=self.database,
            ManageMasterUserPassword=True,
            **{asked: source[said] for said, asked in given.items() if source.get(said) is not None},
            **_afterwards(source),
            **as_source,
        )

    def complete(self, _rds: Any, _source: Mapping[str, Any], _target: str, /) -> None:
        """The order said all."""

    def makes_secret(self, _source: Mapping[str, Any], /) -> bool:
        return True


def alike(source: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """What every order says as the source has it."""
    tags = [tag for tag in source.get("TagList", ()) if not tag["Key"].startswith("aws:")]
    return {
        "DBSubnetGroupName": source["DBSubnetGroup"]["DBSubnetGroupName"],
        "VpcSecurityGroupIds": [group["VpcSecurityGroupId"] for group in source["VpcSecurityGroups"]],
        "DBParameterGroupName": source["DBParameterGroups"][0]["DBParameterGroupName"],
        "Port": source["Endpoint"]["Port"],
        **{asked: source[said] for said, asked in _KEPT.items() if source.get(said) is not None},
        "Tags": [*tags, {"Key": RECOVERED_FROM, "Value": origin}],
    }


def _afterwards(source: Mapping[str, Any]) -> dict[str, Any]:
    """What the order of a restore does not take."""
    asked: dict[str, Any] = {"PreferredMaintenanceWindow": source["PreferredMaintenanceWindow"]}
    if source.get("PerformanceInsightsEnabled"):
        asked["EnablePerformanceInsights"] = True
        asked["PerformanceInsightsRetentionPeriod"] = source["PerformanceInsightsRetentionPeriod"]
    return asked


def _checked(moment: datetime | None, source: Mapping[str, Any]) -> datetime | None:
    name, latest = source["DBInstanceIdentifier"], source.get("LatestRestorableTime")
    if latest is None:
        raise UsageError(f"{name} has no restorable time: its automated backups are off, or not made yet")
    if moment and moment > latest:
        raise UsageError(f"{name} can be restored up to {latest:%Y-%m-%dT%H:%M:%SZ}, not to a later moment (--at)")
    return moment
