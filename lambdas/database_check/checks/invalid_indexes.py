"""Indexes that a failed build left behind."""

from lambdas.database_check.check import Check, Grant, Rule, Threshold, counted
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Unit

INVALID_INDEXES = Check(
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
    rule=Rule(
        name="invalid_index",
        trouble="An index is invalid: it costs every write and serves no query.",
        what_to_do="drop it, or `REINDEX INDEX CONCURRENTLY <index>`.",
        objects=counted,
        number="count",
        message=lambda index, _: (
            f"index {index['index']} of {index['table']} is invalid: drop it, or REINDEX INDEX CONCURRENTLY"
        ),
        thresholds=(
            Threshold(None, default=0, unit=Unit.COUNT, level=Level.LOW, why="a failed build left each of them behind"),
        ),
    ),
)
