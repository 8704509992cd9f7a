"""What is made after pg_restore has ended, in one transaction: see `plan`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg2.errors import FeatureNotSupported, WrongObjectType
from psycopg2.sql import SQL, Identifier

from lambdas.shared.archive_contents import Entry
from lambdas.shared.connection import Connection
from lambdas.shared.restore.plan import Plan, label, never_validated
from lambdas.shared.table_contents import TableName, apply_session_settings


@dataclass(frozen=True)
class Finished:
    """Foreign keys to tables whose rows are left out: those made NOT VALID, and those that could not even be that."""

    not_valid: tuple[str, ...] = ()
    not_made: tuple[str, ...] = ()


def finish(session: Connection, plan: Plan) -> Finished:
    """Make what the plan delays; commits.  Raises psycopg2.Error when something cannot be made."""
    if not plan.delayed:
        return Finished()
    apply_session_settings(session)
    with session, unforced(session, plan.tables_to_read_unforced):
        not_made = {entry.id: entry for entry in plan.foreign_keys if not _make_never_validated(session, entry)}
        lost = plan.contents.with_dependents(not_made)
        for entry in plan.delayed:
            if entry.definition and entry not in plan.foreign_keys and entry.id not in lost:
                _execute(session, entry.definition)
    made = [label(entry) for entry in plan.foreign_keys if entry.id not in not_made]
    return Finished(tuple(made), tuple(label(entry) for entry in not_made.values()))


@contextmanager
def unforced(session: Connection, tables: Sequence[TableName]) -> Iterator[None]:
    """Their owner reads all their rows in this transaction, whatever their policies say; others see no change of it."""
    _force(session, tables, "NO FORCE")
    yield
    _force(session, tables, "FORCE")


def _force(session: Connection, tables: Sequence[TableName], how: str) -> None:
    with session.cursor() as cursor:
        for table in tables:
            cursor.execute(SQL(f"ALTER TABLE ONLY {{}} {how} ROW LEVEL SECURITY").format(Identifier(*table)))


def _make_never_validated(session: Connection, foreign_key: Entry) -> bool:
    """False when the server has no such constraint: of a partitioned table, before PostgreSQL 18."""
    with session.cursor() as cursor:
        cursor.execute("SAVEPOINT foreign_key")
        try:
            cursor.execute(never_validated(foreign_key))
        except (FeatureNotSupported, WrongObjectType):
            cursor.execute("ROLLBACK TO SAVEPOINT foreign_key")
            return False
    return True


def _execute(session: Connection, statement: str) -> None:
    with session.cursor() as cursor:
        cursor.execute(statement)
