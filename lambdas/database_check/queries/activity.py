"""What the server has done so far: counters, and the statements that took its time."""

from lambdas.database_check.queries.measurement import Grant, Measurement

COUNTERS = Measurement(
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

CHECKSUM_FAILURES = Measurement(
    name="checksum_failures",
    meaning="Pages of any database whose data checksum was wrong; empty when the server computes none.",
    many=True,
    sql="""
        SELECT COALESCE(datname, 'shared objects') AS database, checksum_failures AS failures,
               checksum_last_failure::text AS last_failure
        FROM pg_stat_database WHERE current_setting('data_checksums') = 'on'
        ORDER BY checksum_failures DESC NULLS LAST LIMIT 5
    """,
)

CHECKPOINTS = Measurement(
    name="checkpoints",
    meaning="Checkpoints on time and those forced by too much write-ahead log, since the statistics were reset.",
    minimum_version=17,
    sql="""
        SELECT num_timed AS timed, num_requested AS requested, buffers_written, write_time AS write_milliseconds,
               stats_reset::text AS statistics_reset
        FROM pg_stat_checkpointer
    """,
)

INPUT_OUTPUT = Measurement(
    name="input_output",
    meaning="Blocks that clients read, wrote and displaced from the buffers, since the statistics were reset.",
    minimum_version=16,
    sql="""
        SELECT sum(reads)::bigint AS reads, sum(writes)::bigint AS writes, sum(evictions)::bigint AS evictions,
               min(stats_reset)::text AS statistics_reset
        FROM pg_stat_io WHERE backend_type = 'client backend' AND object = 'relation'
    """,
)

SLOW_STATEMENTS = Measurement(
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
        WHERE mean_exec_time >= {slow_milliseconds}
        AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        ORDER BY total_exec_time DESC LIMIT 5
    """,
)

MEASUREMENTS = (COUNTERS, CHECKSUM_FAILURES, CHECKPOINTS, INPUT_OUTPUT, SLOW_STATEMENTS)
