"""Goes the way of a backup as far as it leaves nothing behind: the login, TLS, a row, and pg_dump of the schema."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from botocore.exceptions import ClientError
from psycopg2.sql import SQL, Composed, Identifier

from lambdas.database_backup.dump import LOCK_WAIT, pattern
from lambdas.database_backup.errors import BackupError, BackupInterruptedError, BackupUnderWayError, OutOfTimeError
from lambdas.database_backup.log_and_wrap import log_and_wrap_errors
from lambdas.database_backup.preflight import check
from lambdas.database_backup.settings import Settings
from lambdas.database_backup.source import for_tools, named, session_at
from lambdas.database_backup.tools import running, stopped_at
from lambdas.shared.clock import Deadline, now
from lambdas.shared.connection import Connection
from lambdas.shared.postgres import Login
from lambdas.shared.table_contents import TableName, tables
from lambdas.vocabulary.self_test import SourceReached

_AT_MOST = timedelta(seconds=90)
_BUFFER = 1 << 20
_TABLES_LOOKED_AT = 20
_PASSING = (BackupInterruptedError, BackupUnderWayError, OutOfTimeError)

# Of this very session as the server sees it, which behind a pooler is the pooler's.
_TLS = """
SELECT ssl, version, cipher FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()
"""


@dataclass(frozen=True)
class _Met:
    server_version: str
    major: int
    tls: str
    row_of: str
    tool_login: Login


def reach_source(settings: Settings, *, log_in: Callable[[], Login], deadline: Deadline) -> SourceReached:
    """What was met on the way.  A failure is in the answer: raised, it would be taken for a backup that failed."""
    began, work = time.monotonic(), Deadline.within(min(_AT_MOST.total_seconds(), deadline.remaining))
    logged_in_by = "secret" if settings.database_url_secret else "IAM token"
    try:
        with log_and_wrap_errors(settings.database, settings.bucket):
            login = named(log_in(), now() + _AT_MOST)
            met = _meet(login, settings)
            dumped = _dump_schema(met, settings, work)
    except BackupError as error:
        return SourceReached(logged_in_by=logged_in_by, failure=str(error), passes=_passes(error))
    return SourceReached(
        login=login.parameters.get("user", ""),
        logged_in_by=logged_in_by,
        server_version=met.server_version,
        tls_mode=login.parameters["sslmode"],
        tls=met.tls,
        dumped_bytes=dumped,
        row_of=met.row_of,
        seconds=round(time.monotonic() - began, 3),
    )


def _passes(error: BackupError) -> bool:
    """What AWS refused, such as the secret, it refuses again."""
    return isinstance(error, _PASSING) and not isinstance(error.__cause__, ClientError)


def _meet(login: Login, settings: Settings) -> _Met:
    """The session is closed before pg_dump's begins: a login may have no room for two beside a backup's."""
    with session_at(login) as session:
        facts = check(session, settings.excluded_schemas)
        row_of = _table_with_a_row(session, settings)
        return _Met(facts.server_version, facts.major, _tls(session), row_of, for_tools(login, session))


def _tls(session: Connection) -> str:
    """By libpq, which is this end of the connection; the server's word is added where it is another one."""
    if not session.info.ssl_in_use:
        return ""
    ours = f"{session.info.ssl_attribute('protocol')} {session.info.ssl_attribute('cipher')}"
    with session.cursor() as cursor:
        cursor.execute(_TLS)
        found = cursor.fetchone()
    theirs = f"{found[1]} {found[2]}" if found and found[0] else "no TLS"
    return ours if theirs == ours else f"{ours} (the server's own session: {theirs})"


def _table_with_a_row(session: Connection, settings: Settings) -> str:
    """The first that gives a row; "" where none of the first tables has one."""
    for name in tables(session, excluded_schemas=settings.excluded_schemas)[:_TABLES_LOOKED_AT]:
        with session.cursor() as cursor:
            cursor.execute(_first_row(name))
            if cursor.fetchone():
                return ".".join(name)
    return ""


def _first_row(name: TableName) -> Composed:
    return SQL("SELECT true FROM ONLY {} LIMIT 1").format(Identifier(*name))


def _dump_schema(met: _Met, settings: Settings, work: Deadline) -> int:
    """How many bytes pg_dump wrote; they are counted and thrown away."""
    arguments = [
        "--schema-only",
        f"--lock-wait-timeout={LOCK_WAIT}s",
        *(f"--exclude-schema={pattern((schema,))}" for schema in settings.excluded_schemas),
    ]
    written = 0
    with running("pg_dump", met.major, arguments, met.tool_login) as tool, stopped_at(work, tool):
        while piece := tool.output.read(_BUFFER):
            written += len(piece)
        if work.remaining <= 0:
            raise OutOfTimeError(f"pg_dump had written {written} bytes of the schema when time ran out")
        tool.finish()
    return written
