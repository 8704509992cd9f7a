"""Restores to a moment, as RDS does them; MiniStack has none.

The new instance has the source's data and size.  Network, parameters, IAM logins, protection, tags and the secret of
the master user are RDS's defaults unless the call says otherwise:
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
"""

import copy
import time
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import rds, tagging

from emulator.ministack.databases import instances

_modify = rds._modify_db_instance
_FLAGS = {
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "DeletionProtection": "DeletionProtection",
    "CopyTagsToSnapshot": "CopyTagsToSnapshot",
    "MultiAZ": "MultiAZ",
    "PubliclyAccessible": "PubliclyAccessible",
}
"""Of the call, with their names in a description; off unless they are given."""


def register() -> None:
    rds._ACTION_MAP["RestoreDBInstanceToPointInTime"] = restore
    rds._ACTION_MAP["ModifyDBInstance"] = modify
    tagging._RESOURCE_TAG_COLLECTORS["rds"] = tags  # for policies that name a tag of an instance


def restore(parameters: Any) -> Any:
    source = rds._instances.get(rds._p(parameters, "SourceDBInstanceIdentifier"))
    target = rds._p(parameters, "TargetDBInstanceIdentifier")
    if source is None:
        return rds._error("DBInstanceNotFound", "The source of the restore is not found.", 404)
    if not int(source.get("BackupRetentionPeriod") or 0):
        text = f"Point In Time Restore Is Not Enabled: {source['DBInstanceIdentifier']} keeps no automated backups."
        return rds._error("PointInTimeRestoreNotEnabled", text, 400)
    if target in rds._instances:
        return rds._error("DBInstanceAlreadyExists", f"DB instance {target} already exists", 400)
    group = rds._p(parameters, "DBParameterGroupName")
    if group and group not in rds._param_groups:
        return rds._error("DBParameterGroupNotFound", f"DBParameterGroup {group} not found.", 404)
    subnets = rds._subnet_groups.get(rds._p(parameters, "DBSubnetGroupName") or "default")
    if subnets is None:
        return rds._error("DBSubnetGroupNotFoundFault", "The DB subnet group does not exist.", 404)
    instance = _like(source, target) | _as_asked(parameters, source, subnets)
    instances.start_copy(instance, source)
    rds._instances[target] = instance
    rds._tags[instance["DBInstanceArn"]] = instance["TagList"]
    name = "RestoreDBInstanceToPointInTime"
    return rds._single_instance_response(f"{name}Response", f"{name}Result", instance)


def tags() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Of every instance that has some, by its ARN."""
    yield from rds._tags.items()


def _like(source: dict[str, Any], identifier: str) -> dict[str, Any]:
    instance = copy.deepcopy(source)
    instance.pop("MasterUserSecret", None)
    instance.pop("MaxAllocatedStorage", None)
    return instance | {
        "DBInstanceIdentifier": identifier,
        "DBInstanceArn": f"arn:aws:rds:{get_region()}:{get_account_id()}:db:{identifier}",
        "DbiResourceId": f"db-{new_uuid().replace('-', '')[:20].upper()}",
        "InstanceCreateTime": rds._format_time(time.time()),
        "PerformanceInsightsEnabled": False,
    }


def _as_asked(parameters: Any, source: dict[str, Any], subnets: dict[str, Any]) -> dict[str, Any]:
    family = f"default.postgres{source['EngineVersion'].partition('.')[0]}"
    group = rds._p(parameters, "DBParameterGroupName") or family
    most = rds._p(parameters, "MaxAllocatedStorage")
    days = rds._p(parameters, "BackupRetentionPeriod")
    return {
        "DBInstanceClass": rds._p(parameters, "DBInstanceClass") or source["DBInstanceClass"],
        "BackupRetentionPeriod": int(days) if days else source["BackupRetentionPeriod"],
        "TagList": rds._parse_tags(parameters),
        "EnabledCloudwatchLogsExports": rds._parse_member_list(parameters, "EnableCloudwatchLogsExports") or [],
        "DBSubnetGroup": subnets,
        "DBParameterGroups": [{"DBParameterGroupName": group, "ParameterApplyStatus": "in-sync"}],
        "VpcSecurityGroups": [
            {"VpcSecurityGroupId": it, "Status": "active"}
            for it in rds._parse_member_list(parameters, "VpcSecurityGroupIds") or ["sg-default"]
        ],
        **({"MaxAllocatedStorage": int(most)} if most else {}),
        **{known: rds._p(parameters, flag) == "true" for flag, known in _FLAGS.items()},
    }


def modify(parameters: Any) -> Any:
    """MiniStack's change, and what it leaves out: a secret for the master user, and Performance Insights."""
    answer = _modify(parameters)
    if answer[0] != 200:  # noqa: PLR2004
        return answer
    instance = rds._instances[rds._p(parameters, "DBInstanceIdentifier")]
    if rds._p(parameters, "ManageMasterUserPassword") == "true" and "MasterUserSecret" not in instance:
        instances.manage_password(instance)
    if insights := rds._p(parameters, "EnablePerformanceInsights"):
        instance["PerformanceInsightsEnabled"] = insights == "true"
    return rds._single_instance_response("ModifyDBInstanceResponse", "ModifyDBInstanceResult", instance)
