"""Deletes the temporary instance: at a drill's end, and whatever was left behind.

Never another one: the name and the tag must both be a drill's, and the role is allowed no more than that.
"""

from typing import Any

from lambdas.point_in_time_drill.instance import Instance, find
from lambdas.point_in_time_drill.settings import Settings
from lambdas.shared.clock import Clock
from lambdas.shared.observability import logger, publish
from lambdas.shared.quantities import duration
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.point_in_time import LEFTOVER_AGE


def delete(execution: str, settings: Settings, rds: Any) -> bool:
    """Delete what this execution ordered; whether there was something.  Raises what RDS refuses it with."""
    there = find(rds, settings.drill_instance)
    if there is None or not there.is_of(execution):
        return False
    _delete(there, settings, rds)
    return True


def reap(settings: Settings, rds: Any, clock: Clock) -> bool:
    """Delete an instance that a drill left behind; whether there was one.  Raises what RDS refuses it with.

    The alarm is told first: a deletion that is refused is what it is there for.
    """
    there = find(rds, settings.drill_instance)
    if there is None or not there.is_a_drills:
        return False
    age = there.age(clock())
    if age <= LEFTOVER_AGE:
        return False
    publish(
        {Metric.DRILL_INSTANCE_LEFT: 1}, environment=settings.environment, **{Dimension.DATABASE: settings.database}
    )
    logger.error(
        "a drill's instance was left behind",
        instance=settings.drill_instance,
        status=there.status,
        since=duration(age) if there.created_at else "unknown",
    )
    _delete(there, settings, rds)
    return True


def _delete(there: Instance, settings: Settings, rds: Any) -> None:
    if there.is_going:
        return
    rds.delete_db_instance(
        DBInstanceIdentifier=settings.drill_instance, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
    )
    logger.info("the temporary instance is being deleted", instance=settings.drill_instance)
