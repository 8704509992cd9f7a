"""Reading in transactions that can write nothing, end in time and leave nothing behind.

A pooler hands a server's session from one client to the next after each transaction, and passes on, drops or refuses
the settings that a session is started with.  So nothing is set for a session, and everything inside a transaction.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.extras import RealDictCursor
from psycopg2.sql import SQL, Composable, Composed, Literal

from lambdas.database_check.names_as_stored import readable
from lambdas.database_check.unreachable import Kind, UnreachableError
from lambdas.shared.connection import Connection
from lambdas.shared.service import own_names

LIMITS = {
    "lock_timeout": timedelta(milliseconds=200),  # a table locked by a migration must not hold up the check
    "idle_in_transaction_session_timeout": timedelta(seconds=30),  # a function that dies leaves nothing open
    "transaction_timeout": timedelta(0),  # from PostgreSQL 17 on; a login's own one may be too short
}
_GUARDS = {"transaction_read_only": "on", "search_path": '""'}
# The search_path comes first, so that no schema of the database stands between these statements and the catalogue.  The
# name is set here, too: a client of the pool that gives itself none would bear it, and be taken for one of ours.
_BEGIN = """
    BEGIN READ ONLY;
    SET LOCAL search_path = '';
    SET LOCAL application_name = {name};
    SELECT set_config(name, value, true) FROM (VALUES {limits}) AS wanted (name, value) JOIN pg_settings USING (name);
    SELECT name, setting FROM pg_settings WHERE name IN ({names})
"""
_NOT_IN_FORCE = (
    "did not take effect in the check's transaction, so nothing was read in it: a pooler in between drops what is set"
    " (put the server's own address into the URL)"
)
_NOT_READABLE = (
    "a name in it is not in the session's encoding: a pooler in between drops client_encoding"
    " (put the server's own address into the URL)"
)


@dataclass(frozen=True)
class Reader:
    """Each statement has a transaction of its own: one that fails takes no other with it, and no lock outlives it."""

    connection: Connection
    limits: Mapping[str, str]
    """As the server writes them, by the settings' names."""

    @property
    def lost(self) -> bool:
        return bool(self.connection.closed)

    def rows(self, statement: Composable) -> list[dict[str, Any]]:
        """What the statement yields, its texts readable.

        Raises psycopg2.Error when the server refuses it or is lost, UnreachableError when its guards do not hold.
        """
        self._begin()
        encoding = self.connection.info.parameter_status("server_encoding") or ""
        return [readable(row, encoding) for row in self._run(statement)]

    def end(self) -> None:
        """Roll back what is open.  A pooler ends the server's session of a client that leaves amid a transaction."""
        if self._is_open:
            with self.connection.cursor() as cursor:
                cursor.execute("ROLLBACK")

    @property
    def _is_open(self) -> bool:
        return not self.lost and self.connection.info.transaction_status != TRANSACTION_STATUS_IDLE

    def _begin(self) -> None:
        """End the transaction before and begin the next in one journey, which may be a long one."""
        found = self._run(SQL("ROLLBACK;" if self._is_open else "") + _beginning(self.limits))
        in_force = {row["name"]: row["setting"] for row in found}
        wanted = _GUARDS | {name: value for name, value in self.limits.items() if name in in_force}
        if missing := [name for name, value in wanted.items() if in_force.get(name) != value]:
            raise UnreachableError(Kind.POOLER, f"{', '.join(missing)} {_NOT_IN_FORCE}")

    def _run(self, statement: Composable) -> list[dict[str, Any]]:
        with self.connection.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute(statement)
            try:
                return [dict(row) for row in cursor.fetchall()]
            except UnicodeDecodeError as error:
                raise psycopg2.DataError(_NOT_READABLE) from error


@contextlib.contextmanager
def read_only(connection: Connection, statement_timeout: timedelta) -> Iterator[Reader]:
    """A reader on a session in autocommit."""
    limits = {"statement_timeout": statement_timeout, **LIMITS}
    reader = Reader(connection, {name: f"{limit / timedelta(milliseconds=1):.0f}" for name, limit in limits.items()})
    yield reader
    with contextlib.suppress(psycopg2.Error):  # what was read stays read, even if the server is gone by now
        reader.end()


def _beginning(limits: Mapping[str, str]) -> Composed:
    values = [SQL("({}, {})").format(Literal(name), Literal(value)) for name, value in limits.items()]
    names = [Literal(name) for name in (*_GUARDS, *limits)]
    return SQL(_BEGIN).format(
        name=Literal(own_names().session_name("check")), limits=SQL(", ").join(values), names=SQL(", ").join(names)
    )
