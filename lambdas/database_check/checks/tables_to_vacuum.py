"""Tables with dead rows that autovacuum does not remove."""

from lambdas.database_check.check import Check, Row, Rule, Threshold
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Unit


def _message(table: Row, threshold: str) -> str:
    off = ", whose autovacuum is off," if table["autovacuum_off"] else ""
    return (
        f"table {table['table']}{off} has {table['dead_rows']} dead rows, {table['times_over']:.1f} times what"
        f" starts autovacuum (threshold {threshold}), and was vacuumed {table['last_vacuum'] or 'never'}"
    )


TABLES_TO_VACUUM = Check(
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
    rule=Rule(
        name="dead_rows",
        trouble="A table needs a vacuum: it grows, and reading it takes longer.",
        what_to_do="`VACUUM (VERBOSE) <table>`; it says what keeps rows from being removed. Where autovacuum is off,"
        " switch it on.",
        number="times_over",
        message=_message,
        thresholds=(
            Threshold(
                "dead_rows_times_over",
                default=2,
                unit=Unit.NONE,
                level=Level.LOW,
                why="dead rows, in multiples of what makes autovacuum start: it does not keep up",
            ),
        ),
    ),
)
