"""Checks of the recovery points: `check_recovery` runs over backups of chosen ages."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest import mock

from lambdas.recovery_check import check_recovery
from lambdas.recovery_check.settings import Settings
from tests.backups import Backups
from tests.producers import Deployment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
A_MONTH = timedelta(days=30)


def good(deployment: Deployment) -> None:
    _run(deployment, backup=timedelta(hours=7), restorable=timedelta(minutes=5))


def worst(deployment: Deployment) -> None:
    _run(deployment, backup=A_MONTH, restorable=A_MONTH)


def _run(deployment: Deployment, *, backup: timedelta, restorable: timedelta) -> None:
    settings = Settings.from_environment(deployment.variables["recovery_check"])
    described = {"DBInstances": [{"LatestRestorableTime": NOW - restorable}]}
    rds = SimpleNamespace(describe_db_instances=lambda **_: described) if settings.instance_identifier else None
    backups = Backups(settings.database, NOW - backup)
    with mock.patch.object(check_recovery, "pin_latest_proven"):
        check_recovery.check_recovery(settings, backups, rds, clock=lambda: NOW)
