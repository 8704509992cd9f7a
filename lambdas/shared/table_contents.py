"""What the tables of a database hold, in numbers that mean the same on every server.

The backup asks the source inside the dump's own snapshot, the verification asks the restored database, and the
answers must be equal.  So both ask with this code and under these session settings.
"""

from collections.abc import Callable, Iterator, Sequence

from psycopg2.sql import SQL, Composed, Identifier, Literal

from lambdas.shared.connection import Connection
from lambdas.shared.session_limits import limits_at, setting

TableName = tuple[str, str]
"""Schema and name, as the catalogue spells them."""

SESSION_SETTINGS = {
    "search_path": "",
    "row_security": "off",  # an error instead of silently fewer rows
    "quote_all_identifiers": "off",
    # How a value is written as text.
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "3",
    "lc_monetary": "C",
    "xmlbinary": "base64",
    "xmloption": "content",
}

_BATCH = 50

# Nothing that comes with an extension: a dump does not carry that.
_RELATIONS = r"""
SELECT n.nspname, c.relname
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = ANY (%s) AND c.relpersistence = ANY (%s) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND n.nspname <> ALL (%s)
AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
)
ORDER BY 1, 2
"""

_EXTENSION_TABLES = """
SELECT n.nspname, c.relname, coalesce(config.condition, '')
FROM pg_catalog.pg_extension e, unnest(e.extconfig, e.extcondition) AS config (relation, condition)
JOIN pg_catalog.pg_class c ON c.oid = config.relation
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> ALL (%s)
ORDER BY 1, 2
"""

# In the order of their names: a restored inheritance child may have its columns in another order.  Generated columns
# are no content: the dump does not carry them.
_COLUMNS = """
SELECT a.attname
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY 1
"""

# Sums do not depend on the order of the rows.  OFFSET 0 keeps the planner from working each digest out twice.
_CHECKSUM = """
SELECT sum(('x' || pg_catalog.substr(digest, 1, 16))::pg_catalog.bit(64)::bigint),
       sum(('x' || pg_catalog.substr(digest, 17, 16))::pg_catalog.bit(64)::bigint)
FROM (
    SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(ROW({columns})::text,
        CASE pg_catalog.getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)), 'hex') AS digest
    FROM ONLY {table} AS t
    OFFSET 0
) AS digests
"""


def apply_session_settings(session: Connection) -> None:
    """Put SESSION_SETTINGS in force.  They are SET commands, so a snapshot can still be imported afterwards."""
    session.set_client_encoding("UTF8")  # by SET alone, psycopg2 would go on decoding as the database is encoded
    with session.cursor() as cursor:
        cursor.execute(setting(SESSION_SETTINGS | limits_at(session)))


def tables(
    session: Connection, *, with_partitioned: bool = False, excluded_schemas: Sequence[str] = ()
) -> list[TableName]:
    """The tables that a dump carries rows of, by schema and name; on request the partitioned ones above them too.

    Those are partitions and not their partitioned parents, no views and no foreign tables.
    """
    return relations(session, "rp" if with_partitioned else "r", "pu", excluded_schemas)


def relations(
    session: Connection, kinds: str, persistence: str, excluded_schemas: Sequence[str] = ()
) -> list[TableName]:
    """What a dump carries of these kinds and this persistence, each in the letters of pg_class, by schema and name."""
    with session.cursor() as cursor:
        cursor.execute(_RELATIONS, (list(kinds), list(persistence), list(excluded_schemas)))
        return [(schema, name) for schema, name in cursor]


def extension_row_counts(session: Connection, *, excluded_schemas: Sequence[str] = ()) -> dict[TableName, int]:
    """The rows of users in the tables of extensions, of which a dump carries nothing else.

    The extension says which rows these are, by a condition of its own.
    """
    with session.cursor() as cursor:
        cursor.execute(_EXTENSION_TABLES, (list(excluded_schemas),))
        found = cursor.fetchall()
        counts: dict[TableName, int] = {}
        for schema, name, condition in found:
            cursor.execute(SQL("SELECT count(*) FROM ONLY {} ").format(Identifier(schema, name)) + SQL(condition))
            counts[schema, name] = cursor.fetchall()[0][0]
    return counts


def row_counts(session: Connection, names: Sequence[TableName]) -> dict[TableName, int]:
    """The exact number of rows in each table itself, children of inheritance not included.

    The session must be in a transaction.
    """
    return dict(batches(session, names, _count_of))


def batches(
    session: Connection, names: Sequence[TableName], query: Callable[[Sequence[TableName]], Composed]
) -> Iterator[tuple[TableName, int]]:
    """What `query` says of each name, asked of some at a time: its rows are places in the batch and numbers.

    No lock outlives its batch: thousands of tables with their indexes would not fit in the server's lock table.
    """
    with session.cursor() as cursor:
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            cursor.execute("SAVEPOINT counting")
            cursor.execute(query(batch))
            yield from ((batch[index], number) for index, number in cursor.fetchall())
            cursor.execute("ROLLBACK TO SAVEPOINT counting; RELEASE SAVEPOINT counting")


def checksum(session: Connection, schema: str, name: str) -> str:
    """A digest of the table's rows in 32 hexadecimal digits, whatever their order and that of the columns."""
    with session.cursor() as cursor:
        cursor.execute(_COLUMNS, (schema, name))
        columns = SQL(", ").join(Identifier("t", column) for (column,) in cursor.fetchall())
        cursor.execute(SQL(_CHECKSUM).format(columns=columns, table=Identifier(schema, name)))
        (sums,) = cursor.fetchall()
    return "".join(f"{int(part or 0) % 2**64:016x}" for part in sums)


def _count_of(batch: Sequence[TableName]) -> Composed:
    counts = [
        SQL("SELECT {}, count(*) FROM ONLY {}").format(Literal(index), Identifier(*name))
        for index, name in enumerate(batch)
    ]
    return SQL(" UNION ALL ").join(counts)
