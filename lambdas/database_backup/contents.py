"""Which tables are counted and hashed, and what they hold under the snapshot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from psycopg2.errors import InternalError_, ProgramLimitExceeded

from lambdas.database_backup.errors import SourceNotReadyError, class_of
from lambdas.shared.connection import Connection
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.table_contents import TableName, checksum, extension_row_counts, row_counts, tables
from lambdas.vocabulary.backups import Sequence, Table

# A name without a schema is one of public.  A partitioned table stands for the partitions that hold its rows.
_RESOLVED = """
WITH named AS (
    SELECT pg_catalog.to_regclass(
        CASE pg_catalog.cardinality(pg_catalog.parse_ident(%(name)s)) WHEN 1 THEN 'public.' ELSE '' END || %(name)s
    ) AS relation
)
SELECT n.nspname, c.relname
FROM named, pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
AND (c.oid = relation OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(relation)))
"""


# A standby has no rows of these, and an error for who reads them.
_UNLOGGED_AT_STANDBY = """
SELECT n.nspname, c.relname
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery()
"""


_SIZES = """
SELECT n.nspname, c.relname, pg_catalog.pg_total_relation_size(c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
"""


@dataclass(frozen=True)
class Scope:
    """All tables of the dump, those of them that are hashed too, and those whose rows are left out."""

    all: tuple[TableName, ...]
    critical: frozenset[TableName]
    without_rows: frozenset[TableName]
    excluded_schemas: tuple[str, ...] = ()


def scope(
    session: Connection, critical: Iterable[str], excluded: Iterable[str], excluded_schemas: tuple[str, ...] = ()
) -> Scope:
    """Find the settings' tables; raises SourceNotReadyError when one is not there, or is both kinds at once.

    A standby's unlogged tables go without their rows, as pg_dump leaves them out there.
    """
    listed = tuple(tables(session, excluded_schemas=excluded_schemas))
    unlogged = _unlogged_at_standby(session)
    hashed = frozenset(table for name in critical for table in _resolve(session, name, "critical_tables"))
    left_out = frozenset(table for name in excluded for table in _resolve(session, name, "excluded_table_data"))
    if both := hashed & left_out:
        raise SourceNotReadyError(
            f"table {'.'.join(min(both))} is in critical_tables and in excluded_table_data (choose one)"
        )
    if lost := hashed & unlogged:
        raise SourceNotReadyError(
            f"critical_tables names {'.'.join(min(lost))}, an unlogged table, whose rows a standby does not have"
            " (give the primary's address, or take it out of critical_tables)"
        )
    return Scope(listed, hashed, left_out | unlogged.intersection(listed), excluded_schemas)


def count_and_hash_tables(session: Connection, scope: Scope) -> tuple[Table, ...]:
    """What the dump carries of each table: its rows counted, and hashed where it is critical."""
    counts = row_counts(session, [table for table in scope.all if table not in scope.without_rows])
    hashes = {table: _hash(session, table) for table in sorted(scope.critical)}
    return tuple(Table(*table, counts.get(table, 0), hashes.get(table)) for table in scope.all)


def table_bytes(session: Connection, wanted: Scope) -> dict[str, int]:
    """What each table of the dump takes on the disk, with its indexes, by its name with the schema."""
    with session.cursor() as cursor:
        cursor.execute(_SIZES)
        sizes = {(schema, name): size for schema, name, size in cursor}
    return {".".join(table): sizes[table] for table in wanted.all if table in sizes}


def _hash(session: Connection, table: TableName) -> str:
    try:
        return checksum(session, *table)
    except (InternalError_, ProgramLimitExceeded) as error:
        reason = one_line(str(error))
        raise class_of(str(error))(f"table {'.'.join(table)} could not be hashed: {reason}") from error


def _unlogged_at_standby(session: Connection) -> frozenset[TableName]:
    with session.cursor() as cursor:
        cursor.execute(_UNLOGGED_AT_STANDBY)
        return frozenset((schema, name) for schema, name in cursor)


def count_extension_rows(session: Connection, scope: Scope) -> tuple[Table, ...]:
    """What the dump carries of the tables of extensions."""
    counts = extension_row_counts(session, excluded_schemas=scope.excluded_schemas)
    return tuple(Table(*table, rows) for table, rows in counts.items() if table not in scope.without_rows)


def spans(before: Mapping[TableName, int], after: Mapping[TableName, int]) -> tuple[Sequence, ...]:
    """The sequences with their next values before and after pg_dump read them: no snapshot holds a sequence still."""
    return tuple(Sequence(*name, before[name], after[name]) for name in sorted(before.keys() & after.keys()))


def _resolve(session: Connection, name: str, setting: str) -> list[TableName]:
    with session.cursor() as cursor:
        cursor.execute(_RESOLVED, {"name": name})
        found = cursor.fetchall()
    if not found:
        raise SourceNotReadyError(
            f"{setting} names {name!r}, and the database has no such table with rows of its own"
            " (change the setting in the environment file)"
        )
    return [(schema, table) for schema, table in found]
