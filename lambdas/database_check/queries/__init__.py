"""Every query that the check runs; docs/database-metrics.md explains them to people."""

from lambdas.database_check.queries import activity, ceilings, housekeeping, replication, sessions
from lambdas.database_check.queries.measurement import Grant, Measurement

MEASUREMENTS: tuple[Measurement, ...] = (
    *sessions.MEASUREMENTS,
    *ceilings.MEASUREMENTS,
    *replication.MEASUREMENTS,
    *activity.MEASUREMENTS,
    *housekeeping.MEASUREMENTS,
)

__all__ = ["MEASUREMENTS", "Grant", "Measurement"]
