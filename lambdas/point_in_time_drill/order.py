"""Orders the restore of the source's latest restorable moment into the temporary instance."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from lambdas.point_in_time_drill.instance import Instance, find
from lambdas.point_in_time_drill.settings import Settings
from lambdas.shared.clock import Clock
from lambdas.shared.held_drills import DrillRequest
from lambdas.shared.observability import logger
from lambdas.shared.rds_instances import described
from lambdas.shared.service import own_names
from lambdas.vocabulary import point_in_time
from lambdas.vocabulary.point_in_time import Phase, Progress

_RETENTION: Final = "BackupRetentionPeriod"
"""Backups of a backup: none; where the client cannot say so, they are deleted with the instance."""


def progress_of(request: DrillRequest, phase: Phase, failure: str = "") -> Progress:
    """A drill of which no more is known yet."""
    return Progress(phase, request.at, request.occasion, request.requested_by, request.reason, failure)


def order(request: DrillRequest, execution: str, settings: Settings, rds: Any, clock: Clock) -> Progress:
    """Order it once: a second run of the same execution finds what the first one ordered.

    What is wrong with the source or with the order is the drill's failure, which is recorded; of another drill that is
    running it is only refused.
    """
    source = described(rds, settings.instance_identifier)
    if source is None:
        text = f"there is no RDS instance {settings.instance_identifier} (was it renamed? deploy with its new name)"
        return progress_of(request, Phase.FAILED, text)
    restorable = source.get("LatestRestorableTime")
    if restorable is None:
        text = f"{settings.instance_identifier} has no restorable time: its automated backups are off, or not made yet"
        return progress_of(request, Phase.FAILED, f"{text} (see its BackupRetentionPeriod)")
    ordered = replace(
        progress_of(request, Phase.RESTORING),
        ordered_at=clock(),
        restorable_at=restorable,
        version=str(source.get("EngineVersion", "")),
    )
    if there := find(rds, settings.drill_instance):
        return _found(there, ordered, execution, settings)
    try:
        rds.restore_db_instance_to_point_in_time(**_wanted(source, ordered, execution, settings, rds))
    except rds.exceptions.DBInstanceAlreadyExistsFault:  # ordered in between
        there = find(rds, settings.drill_instance)
        if there is None:
            raise
        return _found(there, ordered, execution, settings)
    except rds.exceptions.ClientError as error:
        return progress_of(request, Phase.FAILED, f"RDS refused to restore {settings.instance_identifier}: {error}")
    logger.info("restore ordered", instance=settings.drill_instance, restorable_at=restorable.isoformat())
    return ordered


def _found(there: Instance, ordered: Progress, execution: str, settings: Settings) -> Progress:
    """What becomes of an order for an instance that is there already."""
    name = settings.drill_instance
    if there.is_of(execution):
        return replace(ordered, ordered_at=datetime.fromisoformat(there.tags[point_in_time.ORDERED_AT]))
    if there.is_a_drills:
        text = f"{name} of another drill is there ({there.status}): one is held at a time"
        return replace(ordered, phase=Phase.REFUSED, failure=text)
    text = f"an instance that is no drill's is called {name} (it lacks the tag {point_in_time.PURPOSE}; rename it)"
    return replace(ordered, phase=Phase.FAILED, failure=text, ordered_at=None)


def _is_known(parameter: str, rds: Any) -> bool:
    """The client is the Lambda runtime's own, which may be older than the parameter."""
    order: Any = rds.meta.service_model.operation_model("RestoreDBInstanceToPointInTime")
    return parameter in order.input_shape.members


def _wanted(
    source: Mapping[str, Any], ordered: Progress, execution: str, settings: Settings, rds: Any
) -> dict[str, Any]:
    """All that RDS would choose otherwise: the default VPC's groups, the default parameters, no login by IAM.

    Users and passwords are the source's, and so is the key that the storage is encrypted with.
    """
    assert ordered.ordered_at is not None  # noqa: S101  (narrows the type)
    tags = {
        point_in_time.PURPOSE: point_in_time.DRILL,
        point_in_time.EXECUTION: execution,
        point_in_time.ORDERED_AT: ordered.ordered_at.isoformat(timespec="seconds"),
        "service": own_names().service,
        "environment": settings.environment,
    }
    return {
        "SourceDBInstanceIdentifier": settings.instance_identifier,
        "TargetDBInstanceIdentifier": settings.drill_instance,
        "UseLatestRestorableTime": True,
        "DBInstanceClass": f"db.{settings.instance_class}",
        "DBSubnetGroupName": source["DBSubnetGroup"]["DBSubnetGroupName"],
        "VpcSecurityGroupIds": [settings.security_group],
        "DBParameterGroupName": source["DBParameterGroups"][0]["DBParameterGroupName"],
        "Port": source["Endpoint"]["Port"],
        "EnableIAMDatabaseAuthentication": True,
        "PubliclyAccessible": False,
        "MultiAZ": False,
        "DeletionProtection": False,
        "AutoMinorVersionUpgrade": False,
        "CopyTagsToSnapshot": False,
        **({_RETENTION: 0} if _is_known(_RETENTION, rds) else {}),
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
