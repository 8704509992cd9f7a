"""A standby that ended a session of this run, to apply what its primary changed.

It says "conflict with recovery", unless the session could not be written to at that moment: then the client sees a lost
connection and nothing else.  What the standby has counted since says which of the two it was.
"""

import contextlib
import re
import time
from collections.abc import Callable, Iterator

import psycopg2
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.database_backup.errors import BackupInterruptedError
from lambdas.shared.connection import Connection
from lambdas.shared.database_url import BadDatabaseAddressError
from lambdas.shared.postgres import Login, connect
from lambdas.shared.postgres_errors import one_line

_LOST = re.compile(
    r"closed the connection unexpectedly|Connection reset|Broken pipe|EOF detected|connection has been closed"
    r"|connection (?:already|is) closed|no connection to the server"
)
# Nothing on a primary, which has no such conflicts.
_COUNTED = """
SELECT confl_tablespace + confl_lock + confl_snapshot + confl_bufferpin + confl_deadlock
FROM pg_catalog.pg_stat_database_conflicts
WHERE datname = pg_catalog.current_database() AND pg_catalog.pg_is_in_recovery()
"""
_CONNECT_TIMEOUT = "5"  # seconds, less than is kept back for cleaning up
_PATIENCE, _PAUSE = 2.0, 0.1
"""Seconds: servers up to 14 publish what they count with a delay of half a second."""


@contextlib.contextmanager
def conflicts_named(session: Connection, log_in: Callable[[], Login]) -> Iterator[None]:
    """Raise the conflict in place of a lost connection, when the standby has counted one inside the block.

    It is asked in a new session at `log_in`; when that cannot be had, the error stays as it is.
    """
    before = _counted(session)
    try:
        yield
    except (psycopg2.OperationalError, psycopg2.InterfaceError, BackupInterruptedError) as error:
        if before is not None and _LOST.search(str(error)) and _more_than(before, log_in):
            raise BackupInterruptedError(
                one_line("a session was lost, and the standby counts a conflict with recovery since")
            ) from error
        raise


def _more_than(before: int, log_in: Callable[[], Login]) -> bool:
    with contextlib.suppress(psycopg2.Error, BadDatabaseAddressError, BotoCoreError, ClientError):
        login = log_in().to(connect_timeout=_CONNECT_TIMEOUT)
        with connect(login, application_name=login.parameters["application_name"]) as session:
            session.autocommit = True
            until = time.monotonic() + _PATIENCE
            while time.monotonic() < until:
                if (_counted(session) or 0) > before:
                    return True
                time.sleep(_PAUSE)
    return False


def _counted(session: Connection) -> int | None:
    with session.cursor() as cursor:
        cursor.execute(_COUNTED)
        found = cursor.fetchone()
    return int(found[0]) if found else None
