"""Sessions of the backup at the source database: one at a time, recognisable, and not outliving their run."""

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg2
from psycopg2.errors import LockNotAvailable

from lambdas.database_backup.errors import BackupUnderWayError, SourceNotReadyError, class_of
from lambdas.shared.connection import Connection
from lambdas.shared.observability import logger
from lambdas.shared.pooler import is_pooled
from lambdas.shared.postgres import Login, connect
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.service import own_names
from lambdas.shared.session_limits import limits_at, setting
from lambdas.shared.table_contents import apply_session_settings

_ORPHAN_PATIENCE_MS = 5000
_UNTIL = "%Y%m%dT%H%M%SZ"
_UNTIL_WHEN = re.compile(r"\d{8}T\d{6}Z")

# Lets the server notice within a second that this function is gone, even in the midst of a query.
_NOTICE_OUR_END = """
SELECT pg_catalog.set_config(name, value, false)
FROM (VALUES ('client_connection_check_interval', '1000'), ('tcp_keepalives_idle', '30'),
             ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')) AS wanted (name, value)
JOIN pg_catalog.pg_settings USING (name)
"""
_OTHERS = """
SELECT pid, application_name FROM pg_catalog.pg_stat_activity
WHERE usename = session_user AND pid <> pg_catalog.pg_backend_pid()
AND pg_catalog.starts_with(application_name, %s)
"""


def named(login: Login, until: datetime) -> Login:
    """The same login, its sessions named by what they are and until when they may live; kept alive while idle."""
    return login.to(
        application_name=f"{_named()}{until:{_UNTIL}}",
        keepalives_idle="30",
        keepalives_interval="10",
        keepalives_count="3",
    )


@contextlib.contextmanager
def session_at(login: Login) -> Iterator[Connection]:
    """A session in autocommit mode under the settings that the tables' contents are read with."""
    try:
        with connect(login, application_name=login.parameters["application_name"]) as session:
            session.autocommit = True
            apply_session_settings(session)
            with session.cursor() as cursor:
                cursor.execute(_NOTICE_OUR_END)
            yield session
    except psycopg2.OperationalError as error:
        if "connection to server" in str(error) or "could not translate" in str(error):
            reason = one_line(str(error), secrets=(login.password or "",))
            raise class_of(str(error), SourceNotReadyError)(f"cannot log in at {login.address}: {reason}") from None
        raise


def for_tools(login: Login, session: Connection) -> Login:
    """The login for PostgreSQL's own tools: its last options are the limits of our sessions at that server.

    Through a pooler, which takes no options, they must do with the limits that they set themselves.
    """
    if is_pooled(session):
        return login
    limits = (f"-c {name}={value}" for name, value in limits_at(session).items())
    return login.to(options=" ".join([login.parameters.get("options", ""), *limits]).strip())


def end_orphans(session: Connection, now: datetime) -> None:
    """End the sessions of earlier runs whose time is over: they hold locks that a migration waits for."""
    with session.cursor() as cursor:
        cursor.execute(_OTHERS, (_named(),))
        for process, name in cursor.fetchall():
            until = name.removeprefix(_named())
            if _UNTIL_WHEN.fullmatch(until) and datetime.strptime(until, _UNTIL).replace(tzinfo=UTC) < now:
                logger.warning("ending a session that a run which died left behind", pid=process, session=name)
                # Waits for its end: until then it holds what the run at hand is about to take.
                cursor.execute("SELECT pg_catalog.pg_terminate_backend(%s, %s)", (process, _ORPHAN_PATIENCE_MS))


def acquire_lock(session: Connection, *, patience: float) -> None:
    """Hold the right to make a backup until the session ends; waits `patience` seconds at most for another run.

    Raises BackupUnderWayError when the other run is still at it then.
    """
    with session.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.pg_try_advisory_lock(%s)", (_lock_key(),))
        [(taken,)] = cursor.fetchall()
        if taken:
            return
        if patience <= 0:
            raise BackupUnderWayError("another run is making a backup right now (wait for it, or use its backup)")
        try:
            cursor.execute(setting({"lock_timeout": f"{patience * 1000:.0f}"}))
            cursor.execute("SELECT pg_catalog.pg_advisory_lock(%s)", (_lock_key(),))
            cursor.execute(setting(limits_at(session)))
        except LockNotAvailable:
            raise BackupUnderWayError(
                f"another run was still making a backup after {timedelta(seconds=round(patience))}"
            ) from None


def _named() -> str:
    return own_names().session_name("backup until ")


def _lock_key() -> int:
    """The service's name, as far as a bigint has room: two services that begin alike wait for each other's backup."""
    return int.from_bytes(own_names().service.encode()[:7], "big")


def check_connection(session: Connection) -> None:
    """Raise what psycopg2 raises when the session, and with it the snapshot and the turn, was lost."""
    with session.cursor() as cursor:
        cursor.execute("SELECT 1")
