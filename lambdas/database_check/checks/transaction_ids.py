"""Transaction and multixact ids: when they run out the server stops writing."""

from collections.abc import Iterator

from lambdas.database_check.check import Check, Row, Rule, Threshold
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit

_IDS = (
    ("transaction ids", "percent", "oldest_table"),
    ("multixact ids", "multixact_percent", "oldest_multixact_table"),
)
"""Words, the share in use, and the table that holds it back."""


def _by_kind(databases: list[Row]) -> Iterator[Row]:
    for row in databases:
        for ids, percent, table in _IDS:
            yield {"database": row["database"], "ids": ids, "percent": row[percent], "oldest_table": row[table]}


def _message(found: Row, threshold: str) -> str:
    oldest = f", its oldest table is {found['oldest_table']}" if found["oldest_table"] else ""
    return (
        f"database {found['database']} has used {found['percent']:.4g} % of its {found['ids']}"
        f" (threshold {threshold}; at 100 % the server stops writing){oldest}: vacuum it"
    )


TRANSACTION_IDS = Check(
    name="transaction_ids",
    meaning="How much of the two thousand million transaction and multixact ids the oldest rows hold back,"
    " per database, and in percent of the age at which autovacuum steps in by force.",
    many=True,
    # What is vacuumed is the table, also where its large values are the oldest.
    sql="""
        WITH tables AS (
            SELECT COALESCE(main.oid, c.oid)::regclass AS id, c.relfrozenxid, c.relminmxid
            FROM pg_class c LEFT JOIN pg_class main ON main.reltoastrelid = c.oid AND c.relkind = 't'
        )
        SELECT datname AS database, age(datfrozenxid) AS age, mxid_age(datminmxid) AS multixact_age,
               age(datfrozenxid) / 2e7::float8 AS percent, mxid_age(datminmxid) / 2e7::float8 AS multixact_percent,
               100.0::float8 * age(datfrozenxid)
                   / current_setting('autovacuum_freeze_max_age')::int AS autovacuum_percent,
               100.0::float8 * mxid_age(datminmxid)
                   / current_setting('autovacuum_multixact_freeze_max_age')::int AS multixact_autovacuum_percent,
               CASE WHEN datname = current_database() THEN (
                   SELECT id FROM tables WHERE relfrozenxid <> '0' ORDER BY age(relfrozenxid) DESC LIMIT 1
               )::text END AS oldest_table,
               CASE WHEN datname = current_database() THEN (
                   SELECT id FROM tables WHERE relminmxid <> '0' ORDER BY mxid_age(relminmxid) DESC LIMIT 1
               )::text END AS oldest_multixact_table
        FROM pg_database ORDER BY GREATEST(age(datfrozenxid), mxid_age(datminmxid)) DESC LIMIT 5
    """,
    rule=Rule(
        name="transaction_ids",
        trouble="Transaction ids run out: at 100 % the server stops writing. Vacuum does not keep up.",
        what_to_do="Find what holds vacuum back: a long transaction, an inactive slot, a prepared transaction. Then"
        " `VACUUM (FREEZE, VERBOSE) <table>` of the oldest, which the check names for each of the two kinds of ids. At"
        " the critical level do this now: at 100 % the server stops writing.",
        objects=_by_kind,
        number="percent",
        message=_message,
        thresholds=(
            Threshold(
                "transaction_ids_percent",
                default=50,
                unit=Unit.PERCENT,
                level=Level.HIGH,
                why="of 2 000 million transaction or multixact ids, the worse; at 100 the server stops writing",
                allowed=(10, 95),
                description="Transaction ids used up: time to look at vacuum.",
            ),
            Threshold(
                "transaction_ids_critical_percent",
                default=75,
                unit=Unit.PERCENT,
                level=Level.CRITICAL,
                why="a vacuum of large tables takes days: later is too late",
                allowed=(10, 95),
                description="The same, when there is no time left.",
            ),
        ),
        metric=Metric.TRANSACTION_IDS_USED,
    ),
)
