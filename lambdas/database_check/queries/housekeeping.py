"""What tables and indexes hold and what they lack."""

from lambdas.database_check.queries.measurement import Grant, Measurement

TABLES_TO_VACUUM = Measurement(
    name="tables_to_vacuum",
    meaning="Tables with more dead rows than autovacuum lets pile up by the table's own settings; fewer than a"
    " thousand do no harm.",
    many=True,
    sql="""
        SELECT t.oid::regclass::text AS table, dead AS dead_rows, live AS live_rows,
               (dead / GREATEST(trigger, 1))::float8 AS times_over, disabled AS autovacuum_off,
               GREATEST(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid))::text
                   AS last_vacuum
        FROM (
            SELECT c.oid, pg_stat_get_dead_tuples(c.oid) AS dead, pg_stat_get_live_tuples(c.oid) AS live, o.disabled,
                   LEAST(
                       COALESCE(o.threshold, current_setting('autovacuum_vacuum_threshold')::float8)
                       + COALESCE(o.scale, current_setting('autovacuum_vacuum_scale_factor')::float8)
                       * GREATEST(c.reltuples, 0),
                       NULLIF(current_setting('autovacuum_vacuum_max_threshold', true)::float8, -1)
                   ) AS trigger
            FROM pg_class c, LATERAL (
                SELECT max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold')::float8
                           AS threshold,
                       max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor')::float8
                           AS scale,
                       count(*) FILTER (WHERE option_name = 'autovacuum_enabled' AND NOT option_value::boolean) > 0
                           AS disabled
                FROM pg_options_to_table(c.reloptions)
            ) AS o
            WHERE c.relkind IN ('r', 'm') AND pg_stat_get_dead_tuples(c.oid) >= 1000
        ) AS t
        WHERE dead > trigger ORDER BY dead / GREATEST(trigger, 1) DESC LIMIT 10
    """,
)

INVALID_INDEXES = Measurement(
    name="invalid_indexes",
    meaning="Indexes that cost every write and serve no query, left by a CREATE INDEX CONCURRENTLY that failed;"
    " those that are just being built are none.",
    grant=Grant.READ_ALL_STATS,
    many=True,
    sql="""
        SELECT indexrelid::regclass::text AS index, indrelid::regclass::text AS table
        FROM pg_index i
        WHERE NOT (indisvalid AND indisready AND indislive)
        AND NOT EXISTS (
            SELECT FROM pg_stat_progress_create_index p
            WHERE p.datname = current_database() AND p.relid = i.indrelid
        )
        ORDER BY indexrelid LIMIT 20
    """,
)

DATABASE_SIZE = Measurement(
    name="database_size",
    meaning="All files of the database.",
    sql="SELECT pg_database_size(current_database()) AS bytes",
)

LARGEST_TABLES = Measurement(
    name="largest_tables",
    meaning="The tables that take most room, with their indexes and large values; one locked by a change of its"
    " structure is left out.",
    many=True,
    # Sizes are asked of the fifty largest by the server's own estimate: of every table it would cost too much.
    sql="""
        WITH locked AS (
            SELECT COALESCE(i.indrelid, l.relation) AS oid
            FROM pg_locks l LEFT JOIN pg_index i ON i.indexrelid = l.relation
            WHERE l.mode = 'AccessExclusiveLock' AND l.relation IS NOT NULL
        ), candidates AS (
            SELECT c.oid FROM pg_class c LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
            WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND c.oid NOT IN (SELECT oid FROM locked)
            ORDER BY c.relpages::bigint + COALESCE(toast.relpages, 0) DESC LIMIT 50
        )
        SELECT oid::regclass::text AS table, pg_total_relation_size(oid) AS bytes
        FROM candidates ORDER BY 2 DESC LIMIT 10
    """,
)

MEASUREMENTS = (TABLES_TO_VACUUM, INVALID_INDEXES, DATABASE_SIZE, LARGEST_TABLES)
