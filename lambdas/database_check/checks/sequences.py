"""Sequences near their end: after it no row can be inserted."""

from lambdas.database_check.check import Check, Grant, Row, Rule, Threshold
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit


def _message(sequence: Row, threshold: str) -> str:
    feeds = f", which feeds {sequence['column']}," if sequence["column"] else ""
    return (
        f"sequence {sequence['sequence']}{feeds} is at {sequence['last_value']} of {sequence['limit']},"
        f" {sequence['used_percent']:.1f} % used (threshold {threshold})"
    )


SEQUENCES = Check(
    name="sequences",
    meaning="How far each sequence is on its way, in its direction, to its own end or to that of the column it"
    " feeds, whichever is nearer. One that cycles inside its column never ends.",
    grant=Grant.READ_ALL_DATA,
    sees_a_part=True,
    # A column takes its values from a sequence by owning it (serial, identity) or by a default alone.  One that is
    # just being altered is passed over: reading it would wait.
    sql="""
        WITH feeds AS (
            SELECT objid AS sequence, refobjid AS relation, refobjsubid AS number FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
            AND deptype IN ('a', 'i') AND refobjsubid > 0
            UNION
            SELECT d.refobjid, ad.adrelid, ad.adnum FROM pg_depend d JOIN pg_attrdef ad ON ad.oid = d.objid
            WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
        ), bounds AS (
            SELECT sequence,
                   min(CASE base WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 END) AS highest,
                   max(CASE base WHEN 'int2'::regtype THEN -32768 WHEN 'int4'::regtype THEN -2147483648 END) AS lowest,
                   min(relation::regclass || '.' || attname) AS column_name
            FROM feeds JOIN pg_attribute ON attrelid = relation AND attnum = number
            JOIN LATERAL (SELECT COALESCE(NULLIF(typbasetype, 0), oid) AS base FROM pg_type WHERE oid = atttypid) t
            ON true GROUP BY sequence
        ), sequences AS (
            SELECT c.oid, seqincrement > 0 AS ascends, seqcycle, seqmin::numeric, seqmax::numeric, b.column_name,
                   LEAST(seqmax, b.highest)::numeric AS highest, GREATEST(seqmin, b.lowest)::numeric AS lowest,
                   has_sequence_privilege(c.oid, 'SELECT, USAGE') AS readable
            FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid LEFT JOIN bounds b ON b.sequence = c.oid
            WHERE c.relpersistence <> 't' AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
            AND NOT EXISTS (
                SELECT FROM pg_locks l WHERE l.relation = c.oid
                AND l.mode IN ('ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
            )
        ), positions AS (
            SELECT *, CASE WHEN readable THEN pg_sequence_last_value(oid) END AS last_value FROM sequences
        ), used AS (
            SELECT oid::regclass::text AS sequence, column_name AS column, last_value,
                   CASE WHEN ascends THEN highest ELSE lowest END::bigint AS limit,
                   LEAST(100, 100 * CASE
                       WHEN ascends THEN (last_value - seqmin + 1) / GREATEST(highest - seqmin + 1, 1)
                       ELSE (seqmax - last_value + 1) / GREATEST(seqmax - lowest + 1, 1)
                   END)::float8 AS used_percent
            FROM positions
            WHERE last_value IS NOT NULL
            AND (NOT seqcycle OR CASE WHEN ascends THEN highest < seqmax ELSE lowest > seqmin END)
        )
        SELECT (SELECT count(*)::int FROM sequences WHERE NOT readable) AS unreadable,
               COALESCE((SELECT max(used_percent) FROM used), 0) AS used_percent,
               COALESCE((SELECT jsonb_agg(worst) FROM (
                   SELECT * FROM used ORDER BY used_percent DESC LIMIT 10
               ) AS worst), '[]') AS nearest
    """,
    rule=Rule(
        name="sequence",
        trouble="A sequence nears its end: then no row can be inserted.",
        what_to_do="Widen the column: `ALTER TABLE … ALTER COLUMN … TYPE bigint` rewrites the table; on a large one add"
        " a column and swap.",
        objects=lambda rows: [sequence for row in rows for sequence in row["nearest"]],
        number="used_percent",
        message=_message,
        thresholds=(
            Threshold(
                "sequence_percent",
                default=75,
                unit=Unit.PERCENT,
                level=Level.MEDIUM,
                why="at 100 no row can be inserted; widening a column of a large table needs a plan and a quiet night",
                allowed=(10, 99),
                description="A sequence that is so far on its way to its end.",
            ),
            Threshold(
                "sequence_critical_percent",
                default=90,
                unit=Unit.PERCENT,
                level=Level.CRITICAL,
                why="the plan was not made, and a busy table may need the rest in days",
                allowed=(10, 99),
                description="The same, when there is no time left.",
            ),
        ),
        metric=Metric.SEQUENCE_USED,
    ),
)
