"""Verifications as they end: `Verifier` runs, and only the restore itself is told what it found."""

from datetime import UTC, datetime, timedelta
from unittest import mock

from lambdas.restore_verification import verify
from lambdas.restore_verification.examine import Examination
from lambdas.restore_verification.request import Request
from lambdas.restore_verification.settings import Settings
from lambdas.vocabulary.backups import Check, Result, Seconds
from tests.backups import Backups
from tests.producers import Deployment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def good(deployment: Deployment) -> None:
    _run(deployment, Result.PASSED, timedelta(minutes=2))


def worst(deployment: Deployment) -> None:
    _run(
        deployment,
        Result.PASSED,
        timedelta(minutes=10 * deployment.environment.backups.recovery_time_objective_minutes),
    )
    _run(deployment, Result.FAILED, timedelta(minutes=2))


def _run(deployment: Deployment, result: Result, took: timedelta) -> None:
    settings = Settings.from_environment(deployment.variables["restore_verification"])
    backups = Backups(deployment.environment.database.name, NOW)
    third = took.total_seconds() / 3
    found = Examination((Check("tables equal", result, "4 tables"),), Seconds(third, third, third), "18.6")
    request = Request(backups.manifest.backup, "test", "test", on_demand=True)
    with mock.patch.object(verify, "examine", return_value=found):
        verify.Verifier(settings, backups, clock=lambda: NOW).verify(request, None)
