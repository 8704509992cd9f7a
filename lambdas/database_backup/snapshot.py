"""The one moment that dump, counts and checksums all see."""

import contextlib
from collections.abc import Iterator, Sequence

from psycopg2.errors import InvalidSchemaName, LockNotAvailable, UndefinedTable, WrongObjectType
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.sql import SQL, Composed, Identifier

from lambdas.database_backup.blockers import holder
from lambdas.database_backup.errors import BackupInterruptedError, SchemaChangedError
from lambdas.shared import session_limits
from lambdas.shared.clock import Deadline
from lambdas.shared.connection import Connection
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.table_contents import TableName, tables

LOCK_WAIT = session_limits.LOCK_WAIT.total_seconds()
_ATTEMPTS = 20
_GONE = (UndefinedTable, InvalidSchemaName, WrongObjectType)

# As PostgreSQL's documentation computes how many locks fit.
_LOCK_TABLE_SIZE = """
SELECT pg_catalog.current_setting('max_locks_per_transaction')::int *
    (pg_catalog.current_setting('max_connections')::int + pg_catalog.current_setting('max_prepared_transactions')::int)
"""
# The catalogue is read as the snapshot saw it, and the function answers as it is now.
_REWRITTEN = r"""
SELECT n.nspname, c.relname
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND n.nspname <> ALL (%s::text[])
AND c.relfilenode IS DISTINCT FROM pg_catalog.pg_relation_filenode(c.oid)
ORDER BY 1, 2 LIMIT 1
"""


@contextlib.contextmanager
def exported(session: Connection, work: Deadline, excluded_schemas: Sequence[str] = ()) -> Iterator[str]:
    """The identifier of a snapshot that lives while the block does; the session reads under it too.

    Every table is locked against changes of its form *before* the snapshot is taken.  A table rewritten between a
    snapshot and its first reader looks empty under that snapshot, so a dump alone could lose its rows unseen.  Holding
    the locks also keeps the counts from queueing behind a migration that itself waits for the dump.

    Where so many tables are that their locks would take half of the server's lock table, pg_dump's own must do.  In
    either case no table may have been rewritten at the end.

    Raises BackupInterruptedError that names who holds a lock for too long, and SchemaChangedError when a table was
    dropped or rewritten.
    """
    try:
        yield _export(session, work, excluded_schemas)
        _refuse_rewritten(session, excluded_schemas)
    except LockNotAvailable:
        _roll_back(session)
        raise _who_locks(session) from None
    except _GONE as error:
        raise SchemaChangedError(f"what was to be read was dropped: {one_line(str(error))}") from error
    _roll_back(session)  # after an error the session is closed, which does the same


def _export(session: Connection, work: Deadline, excluded_schemas: Sequence[str]) -> str:
    gone: Sequence[TableName] = ()
    for _ in range(_ATTEMPTS):
        snapshot, gone = _take(session, min(LOCK_WAIT, work.remaining), excluded_schemas)
        if not gone:
            return snapshot
        _roll_back(session)
    schema, name = gone[0]
    raise SchemaChangedError(
        f"tables are made and dropped faster than they can be locked, {schema}.{name} among them"
        " (make them temporary ones, which no dump carries, or run the backup when the application does less)"
    )


def _take(session: Connection, lock_wait: float, excluded_schemas: Sequence[str]) -> tuple[str, list[TableName]]:
    """A snapshot, and which of its tables were dropped before they could be locked."""
    # pg_dump locks the partitioned ones too
    listed = tables(session, with_partitioned=True, excluded_schemas=excluded_schemas)
    few = _leave_room(session, len(listed))
    with session.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL lock_timeout = %s", (max(1, round(lock_wait * 1000)),))  # a SELECT would see already
        if few:
            _lock(cursor, listed)  # who is gone already is not in the snapshot either
        cursor.execute("SELECT pg_catalog.pg_export_snapshot()")
        [(snapshot,)] = cursor.fetchall()
        there = tables(session, with_partitioned=True, excluded_schemas=excluded_schemas) if few else []
        return str(snapshot), _lock(cursor, sorted(set(there).difference(listed)))


def _leave_room(session: Connection, locks: int) -> bool:
    """Whether so many locks, and pg_dump's as many, leave others as much room as they take."""
    with session.cursor() as cursor:
        cursor.execute(_LOCK_TABLE_SIZE)
        [(size,)] = cursor.fetchall()
    return locks <= int(size) / 2


def _lock(cursor: Cursor, names: Sequence[TableName]) -> list[TableName]:
    """Lock those that are there, by halves when not all are; returns the others."""
    if not names:
        return []
    cursor.execute("SAVEPOINT locking")
    try:
        cursor.execute(_locking(names))
    except _GONE:
        cursor.execute("ROLLBACK TO SAVEPOINT locking; RELEASE SAVEPOINT locking")
        half = len(names) // 2
        return _lock(cursor, names[:half]) + _lock(cursor, names[half:]) if half else list(names)
    cursor.execute("RELEASE SAVEPOINT locking")
    return []


def _locking(names: Sequence[TableName]) -> Composed:
    each = SQL(", ").join(SQL("ONLY {}").format(Identifier(*name)) for name in names)
    return SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(each)


def _refuse_rewritten(session: Connection, excluded_schemas: Sequence[str]) -> None:
    with session.cursor() as cursor:
        cursor.execute(_REWRITTEN, (list(excluded_schemas),))
        if found := cursor.fetchone():
            raise SchemaChangedError("table {}.{} was rewritten or dropped while it was dumped".format(*found))


def _roll_back(session: Connection) -> None:
    with session.cursor() as cursor:
        cursor.execute("ROLLBACK")


def _who_locks(session: Connection) -> BackupInterruptedError:
    if found := holder(session):
        return found.error(LOCK_WAIT)
    return BackupInterruptedError(
        f"a table stayed locked for {LOCK_WAIT:g} s by a session that has ended since (run the backup again)"
    )
