"""An existing instance is brought to the backup settings: only what differs, only once, never for the worse."""

from dataclasses import replace

import boto3
import pytest
from botocore.stub import Stubber

from lambdas.database_settings.enforce_settings import EnforcementError, enforce_settings
from lambdas.database_settings.settings import Settings

SETTINGS = Settings(
    environment="test",
    instance_identifier="orders",
    backup_retention_days=7,
    backup_window="03:00-04:00",
    log_exports=("postgresql", "upgrade"),
)
AS_WANTED = {
    "DBInstanceIdentifier": "orders",
    "Engine": "postgres",
    "BackupRetentionPeriod": 7,
    "PreferredBackupWindow": "03:00-04:00",
    "IAMDatabaseAuthenticationEnabled": True,
    "EnabledCloudwatchLogsExports": ["postgresql", "upgrade"],
    "PendingModifiedValues": {},
}


@pytest.fixture
def enforce():
    """Enforces SETTINGS on an instance as described; fails unless exactly `changes` are asked of RDS."""

    def run(instance, *, changes=None, settings=SETTINGS):
        rds = boto3.client("rds")
        with Stubber(rds) as stub:
            described = {"DBInstances": [{**AS_WANTED, **instance}]}
            stub.add_response("describe_db_instances", described, {"DBInstanceIdentifier": "orders"})
            if changes:
                request = {"DBInstanceIdentifier": "orders", "ApplyImmediately": True, **changes}
                stub.add_response("modify_db_instance", {}, request)
            attributes = enforce_settings(settings, rds)
            stub.assert_no_pending_responses()
        return attributes

    return run


def test_correct_instance_is_unchanged(enforce):
    """An instance that is as wanted is left alone."""
    assert enforce({}) == {"InstanceIdentifier": "orders", "Drift": "none"}


@pytest.mark.parametrize(
    ("found", "changes", "drift"),
    [
        ({"BackupRetentionPeriod": 0}, {"BackupRetentionPeriod": 7}, "BackupRetentionPeriod: 0 -> 7"),
        (
            {"PreferredBackupWindow": "10:00-10:30"},
            {"PreferredBackupWindow": "03:00-04:00"},
            "PreferredBackupWindow: 10:00-10:30 -> 03:00-04:00",
        ),
        (
            {"IAMDatabaseAuthenticationEnabled": False},
            {"EnableIAMDatabaseAuthentication": True},
            "EnableIAMDatabaseAuthentication: False -> True",
        ),
        (
            {"EnabledCloudwatchLogsExports": ["upgrade"]},
            {"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["postgresql"]}},
            "CloudwatchLogsExportConfiguration: ['upgrade'] -> {'EnableLogTypes': ['postgresql']}",
        ),
    ],
)
def test_drift_is_corrected_and_reported(enforce, found, changes, drift):
    """What drifted is put right and reported and nothing else is touched."""
    assert enforce(found, changes=changes)["Drift"] == drift


def test_longer_retention_is_kept(enforce):
    """A longer retention is kept for lowering it would delete backups."""
    assert enforce({"BackupRetentionPeriod": 35})["Drift"] == "none"


def test_logs_that_are_exported_besides_are_kept(enforce):
    assert enforce({"EnabledCloudwatchLogsExports": ["postgresql", "upgrade", "iam-db-auth-error"]})["Drift"] == "none"


def test_pending_change_is_not_repeated(enforce):
    """A change that already waits is not asked for again."""
    waiting = {
        "BackupRetentionPeriod": 7,
        "IAMDatabaseAuthenticationEnabled": True,
        "PendingCloudwatchLogsExports": {"LogTypesToEnable": ["postgresql", "upgrade"]},
    }
    found = {
        "BackupRetentionPeriod": 0,
        "IAMDatabaseAuthenticationEnabled": False,
        "EnabledCloudwatchLogsExports": [],
        "PendingModifiedValues": waiting,
    }
    assert enforce(found)["Drift"] == "none"


def test_missing_log_exports_are_added(enforce):
    """An instance without any log export is given them."""
    changes = {"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["postgresql", "upgrade"]}}

    enforce({"EnabledCloudwatchLogsExports": []}, changes=changes)


@pytest.mark.parametrize("engine", ["mysql", "aurora-postgresql"])
def test_another_engine_is_refused_and_left_alone(enforce, engine):
    with pytest.raises(EnforcementError, match=rf"orders is {engine}, not an RDS for PostgreSQL instance"):
        enforce({"Engine": engine})


def test_a_changed_setting_is_enforced(enforce):
    settings = replace(SETTINGS, backup_retention_days=14)

    assert enforce({}, changes={"BackupRetentionPeriod": 14}, settings=settings)["Drift"] == (
        "BackupRetentionPeriod: 7 -> 14"
    )
