"""The tables that take most room."""

from lambdas.database_check.check import Check

LARGEST_TABLES = Check(
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
