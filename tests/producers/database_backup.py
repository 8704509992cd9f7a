"""Backups as they end: their report runs, over manifests of a small and of a large database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lambdas.database_backup import back_up
from lambdas.database_backup.settings import Settings
from lambdas.vocabulary.backups import DUMP, StoredObject, Table
from tests.backups import Backups
from tests.producers import Deployment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def good(deployment: Deployment) -> None:
    _report(deployment, took=timedelta(seconds=30), size=10**8, rows=10**6)


def worst(deployment: Deployment) -> None:
    """As long as a function may run; a backup that fails is not reported at all."""
    longest = timedelta(minutes=deployment.environment.backups.timeout_minutes)
    _report(deployment, took=longest, size=10**11, rows=0)


def _report(deployment: Deployment, *, took: timedelta, size: int, rows: int) -> None:
    settings = Settings.from_environment(deployment.variables["database_backup"])
    manifest = replace(
        Backups(settings.database, NOW).manifest,
        finished_at=(NOW + took).isoformat(),
        objects={DUMP: StoredObject(size, "0" * 64)},
        tables=(Table("public", "orders", rows),),
    )
    back_up._Run(settings, None, None, None, None, None)._report(manifest)
