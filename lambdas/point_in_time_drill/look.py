"""Looks how far the restore is."""

from dataclasses import replace
from typing import Any

from lambdas.point_in_time_drill.instance import find
from lambdas.point_in_time_drill.settings import Settings
from lambdas.shared.clock import Clock
from lambdas.shared.quantities import duration
from lambdas.vocabulary.point_in_time import Phase, Progress


def look(progress: Progress, execution: str, settings: Settings, rds: Any, clock: Clock) -> Progress:
    """The same drill a step further: available, given up, or restoring as before."""
    name, there = settings.drill_instance, find(rds, settings.drill_instance)
    if there is None or not there.is_of(execution):
        return replace(progress, phase=Phase.FAILED, failure=f"{name} is gone: somebody deleted it during the drill")
    if there.is_lost:
        hint = "a larger backups.point_in_time_drill.instance_class may hold the source's parameters"
        return replace(progress, phase=Phase.FAILED, failure=f"{name} is {there.status} (see its events; {hint})")
    if there.is_operating:
        return replace(progress, phase=Phase.AVAILABLE, host=there.host, port=there.port)
    if progress.ordered_at and clock() - progress.ordered_at > settings.time_limit:
        text = f"{name} is {there.status} after {duration(settings.time_limit)}, which is all the time that it is given"
        return replace(progress, phase=Phase.FAILED, failure=f"{text} (backups.point_in_time_drill.time_limit_minutes)")
    return progress
