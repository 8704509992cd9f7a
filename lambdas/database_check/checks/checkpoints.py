"""Checkpoints, on time and forced."""

from lambdas.database_check.check import Check

CHECKPOINTS = Check(
    name="checkpoints",
    meaning="Checkpoints on time and those forced by too much write-ahead log, since the statistics were reset.",
    minimum_version=17,
    sql="""
        SELECT num_timed AS timed, num_requested AS requested, buffers_written, write_time AS write_milliseconds,
               stats_reset::text AS statistics_reset
        FROM pg_stat_checkpointer
    """,
)
