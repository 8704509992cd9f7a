"""Blocks that clients read and wrote."""

from lambdas.database_check.check import Check

INPUT_OUTPUT = Check(
    name="input_output",
    meaning="Blocks that clients read, wrote and displaced from the buffers, since the statistics were reset.",
    minimum_version=16,
    sql="""
        SELECT sum(reads)::bigint AS reads, sum(writes)::bigint AS writes, sum(evictions)::bigint AS evictions,
               min(stats_reset)::text AS statistics_reset
        FROM pg_stat_io WHERE backend_type = 'client backend' AND object = 'relation'
    """,
)
