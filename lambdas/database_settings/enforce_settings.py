"""Applies the environment file's backup settings to an RDS instance.  Never touches data."""

from typing import Any

from lambdas.database_settings.settings import Settings
from lambdas.shared.observability import logger


class EnforcementError(Exception):
    """The settings cannot be applied to the instance; the text says why."""


def enforce_settings(settings: Settings, rds: Any) -> dict[str, str]:
    """Change what differs, and only that; a second run finds nothing to change.

    A retention longer than the settings ask for is kept: lowering it would delete backups.  Returns what was found
    and changed, as attributes of the custom resource.  Raises EnforcementError.
    """
    drift = _drift(settings, _instance(settings, rds))
    if drift:
        rds.modify_db_instance(
            DBInstanceIdentifier=settings.instance_identifier,
            ApplyImmediately=True,
            **{parameter: wanted for parameter, (_, wanted) in drift.items()},
        )
    report = "; ".join(f"{parameter}: {found} -> {wanted}" for parameter, (found, wanted) in drift.items())
    logger.info("settings enforced", instance=settings.instance_identifier, drift=report or "none")
    return {"InstanceIdentifier": settings.instance_identifier, "Drift": report or "none"}


def _instance(settings: Settings, rds: Any) -> dict[str, Any]:
    """The instance as it will be once the changes that already wait are made."""
    found = rds.describe_db_instances(DBInstanceIdentifier=settings.instance_identifier)["DBInstances"][0]
    if found["Engine"] != "postgres":
        raise EnforcementError(
            f"instance {settings.instance_identifier} is {found['Engine']}, not an RDS for PostgreSQL instance"
            " (for any other PostgreSQL set database.mode to external)"
        )
    return {**found, **found.get("PendingModifiedValues", {})}


def _drift(settings: Settings, instance: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Each parameter of ModifyDBInstance that must change: what was found, and what is wanted."""
    drift: dict[str, tuple[Any, Any]] = {}
    if (retention := instance["BackupRetentionPeriod"]) < settings.backup_retention_days:
        drift["BackupRetentionPeriod"] = (retention, settings.backup_retention_days)
    if (window := instance["PreferredBackupWindow"]) != settings.backup_window:
        drift["PreferredBackupWindow"] = (window, settings.backup_window)
    if not (by_iam := instance.get("IAMDatabaseAuthenticationEnabled", False)):
        drift["EnableIAMDatabaseAuthentication"] = (by_iam, True)
    exported = _exported(instance)
    if missing := [log for log in settings.log_exports if log not in exported]:
        drift["CloudwatchLogsExportConfiguration"] = (exported, {"EnableLogTypes": missing})
    return drift


def _exported(instance: dict[str, Any]) -> list[str]:
    waiting = instance.get("PendingCloudwatchLogsExports", {}).get("LogTypesToEnable", [])
    return [*instance.get("EnabledCloudwatchLogsExports", []), *waiting]
