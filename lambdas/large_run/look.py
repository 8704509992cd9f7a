"""Looks how far a large run is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from lambdas.large_run.instances import of_execution
from lambdas.large_run.results import Results
from lambdas.large_run.settings import Settings
from lambdas.shared.clock import Clock
from lambdas.shared.quantities import duration
from lambdas.vocabulary.large_runs import Phase, Progress

UNSEEN: Final = timedelta(minutes=5)
"""An instance that was ordered just now is not always described already."""
SHUTS_DOWN: Final = timedelta(minutes=5)
"""With its result written, an instance that is still there by then does not go by itself."""


def look(
    progress: Progress, execution: str, *, results: Results, settings: Settings, ec2: Any, clock: Clock
) -> Progress:
    """The same run a step further: ended, or running as before."""
    ordered_at = progress.ordered_at or progress.asked_at
    age, found = clock() - ordered_at, of_execution(ec2, settings, execution)
    if not found:
        text = f"instance {progress.instance} is gone, and nothing says why"
        return progress if age < UNSEEN else replace(progress, phase=Phase.ENDED, failure=text)
    live = [instance for instance in found if instance.is_live]
    if not live:
        text = f"instance {found[0].identifier} ended without a result: {found[0].reason or 'no reason is given'}"
        return replace(progress, phase=Phase.ENDED, failure=text)
    if age > settings.time_limit:
        text = f"it was not done after {duration(settings.time_limit)} (raise backups.large_runs.time_limit_hours)"
        return replace(progress, phase=Phase.ENDED, failure=text)
    written_at = results.written_at()
    if written_at and clock() - written_at > SHUTS_DOWN:
        return replace(progress, phase=Phase.ENDED)
    return progress
