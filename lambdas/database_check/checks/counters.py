"""The database's counters, which the next check compares with its own."""

from lambdas.database_check.check import Check

COUNTERS = Check(
    name="counters",
    meaning="The database's counters since its statistics were reset; what happened between two checks is their"
    " difference.",
    sql="""
        SELECT datid::int8 AS database_id, xact_commit AS commits, xact_rollback AS rollbacks, deadlocks,
               blks_hit AS blocks_hit, blks_read AS blocks_read, temp_bytes AS temporary_bytes,
               stats_reset::text AS statistics_reset
        FROM pg_stat_database WHERE datname = current_database()
    """,
)
