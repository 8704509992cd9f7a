"""The statements that took the server's time."""

from lambdas.database_check.check import Check, Grant, Threshold
from lambdas.vocabulary.metrics import Unit

SLOW_STATEMENTS = Check(
    name="slow_statements",
    meaning="The slow statements that took most time since pg_stat_statements was reset, without their constants.",
    grant=Grant.READ_ALL_STATS,
    extension="pg_stat_statements",
    many=True,
    sql="""
        SELECT queryid::text AS id, left(query, 20000) AS statement, calls, rows,
               mean_exec_time AS mean_milliseconds, max_exec_time AS longest_milliseconds,
               total_exec_time AS total_milliseconds
        FROM {extension}
        WHERE mean_exec_time >= {slow_statement}
        AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        ORDER BY total_exec_time DESC LIMIT 5
    """,
    parameters=(
        Threshold(
            "slow_statement",
            default=1000,
            unit=Unit.MILLISECONDS,
            allowed=(10, 3600000),
            description="Statements with a longer mean time are listed as slow in the log.",
        ),
    ),
)
