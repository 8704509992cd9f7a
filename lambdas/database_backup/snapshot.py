"""The one moment that dump, counts and checksums all see."""

import contextlib
from collections.abc import Iterator, Sequence

from psycopg2.errors import InvalidSchemaName, LockNotAvailable, UndefinedTable
from psycopg2.extensions import connection as Connection  # noqa: N812  (a class with a lower-case name)
from psycopg2.sql import SQL, Composed, Identifier

from lambdas.database_backup.errors import BackupInterruptedError
from lambdas.shared.clock import Deadline
from lambdas.shared.table_contents import TableName, tables

LOCK_WAIT = 60  # seconds
_ATTEMPTS = 3

_LOCKED_BY_OTHERS = """
SELECT l.relation::pg_catalog.regclass::text, l.pid, a.application_name
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p') AND l.pid <> pg_catalog.pg_backend_pid()
AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
ORDER BY l.granted DESC, 1 LIMIT 1
"""


@contextlib.contextmanager
def exported(session: Connection, work: Deadline, excluded_schemas: Sequence[str] = ()) -> Iterator[str]:
    """The identifier of a snapshot that lives while the block does; the session reads under it too.

    Every table is locked against changes of its form *before* the snapshot is taken.  A table rewritten between a
    snapshot and its first reader looks empty under that snapshot, so a dump alone could lose its rows unseen.  Holding
    the locks also keeps the counts from queueing behind a migration that itself waits for the dump.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            snapshot = _take(session, min(LOCK_WAIT, work.remaining), excluded_schemas)
        except (UndefinedTable, InvalidSchemaName) as error:  # dropped between being listed and being locked
            _roll_back(session)
            if attempt == _ATTEMPTS:
                raise BackupInterruptedError(f"tables are dropped faster than they can be locked: {error}") from error
        except LockNotAvailable:
            _roll_back(session)
            raise BackupInterruptedError(_who_locks(session)) from None
        else:
            break
    yield snapshot
    _roll_back(session)  # after an error the session is closed, which does the same


def _take(session: Connection, lock_wait: float, excluded_schemas: Sequence[str]) -> str:
    # pg_dump locks the partitioned ones too
    names = tables(session, with_partitioned=True, excluded_schemas=excluded_schemas)
    with session.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL lock_timeout = %s", (max(1, round(lock_wait * 1000)),))  # a SELECT would see already
        if names:
            cursor.execute(_locking(names))
        cursor.execute("SELECT pg_catalog.pg_export_snapshot()")
        [(snapshot,)] = cursor.fetchall()
    return str(snapshot)


def _locking(names: Sequence[TableName]) -> Composed:
    each = SQL(", ").join(SQL("ONLY {}").format(Identifier(*name)) for name in names)
    return SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(each)


def _roll_back(session: Connection) -> None:
    with session.cursor() as cursor:
        cursor.execute("ROLLBACK")


def _who_locks(session: Connection) -> str:
    with session.cursor() as cursor:
        cursor.execute(_LOCKED_BY_OTHERS)
        found = cursor.fetchone()
    if found is None:
        return f"a table stayed locked for {LOCK_WAIT} s by a session that has ended since (run the backup again)"
    table, process, name = found
    return (
        f"table {table} is held exclusively by process {process} ({name or 'unnamed'}) for over {LOCK_WAIT} s"
        " (run the backup again when that is done)"
    )
