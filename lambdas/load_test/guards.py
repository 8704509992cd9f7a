"""What must be so before a load test is begun."""

from datetime import datetime, timedelta
from typing import Any

from lambdas.load_test.alarms import forbidding_alarm
from lambdas.load_test.refused import RefusedError
from lambdas.shared.catalogue import Catalogue, newest_proven
from lambdas.shared.quantities import duration
from lambdas.vocabulary.names import Named


def require_quiet(cloudwatch: Any, environment: Named) -> None:
    """Raises RefusedError while an alarm fires that would end the test."""
    if alarm := forbidding_alarm(cloudwatch, environment):
        raise RefusedError(f"{alarm.name} is in alarm, level {alarm.level}: {alarm.meaning} (mend that first)")


def require_proven_backup(catalogue: Catalogue, database: str, within: timedelta, now: datetime) -> str:
    """The folder of the newest proven backup; raises RefusedError when there is none, or none young enough."""
    proven = newest_proven(catalogue, database, now)
    if proven is None:
        raise RefusedError(f"no backup of {database} was proven by a restore (take one: ops ENVIRONMENT backup now)")
    age = now - datetime.fromisoformat(proven.manifest.snapshot_at)
    if age > within:
        raise RefusedError(
            f"the newest proven backup of {database} is {duration(age)} old and may be {duration(within)}"
            " (take one: ops ENVIRONMENT backup now)"
        )
    return proven.manifest.backup
