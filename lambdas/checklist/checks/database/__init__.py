"""The database: whether it comes back, and whether it runs out of anything unseen."""

from typing import Final

from lambdas.checklist.checks.database.alarmed import CONNECTIONS_ALARM, STORAGE_ALARM
from lambdas.checklist.checks.database.automatic_backups import DAILY_BACKUPS, RDS_BACKUPS
from lambdas.checklist.checks.database.copies import COPIED
from lambdas.checklist.checks.database.pooling import POOLING
from lambdas.checklist.checks.database.restores import DRILLED, DRILLED_TO_A_POINT_IN_TIME, RESTORED
from lambdas.checklist.checks.database.retention import BACKUP_RETENTION, RDS_RETENTION
from lambdas.checklist.checks.database.slow_queries import SLOW_QUERY_LOG, SLOW_STATEMENTS

CHECKS: Final = (
    DAILY_BACKUPS,
    RDS_BACKUPS,
    COPIED,
    BACKUP_RETENTION,
    RDS_RETENTION,
    RESTORED,
    DRILLED,
    DRILLED_TO_A_POINT_IN_TIME,
    POOLING,
    SLOW_QUERY_LOG,
    SLOW_STATEMENTS,
    STORAGE_ALARM,
    CONNECTIONS_ALARM,
)
