"""Makes the login of the functions near the database: it may read everything, and logs in by IAM alone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg2
from psycopg2 import errors
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.sql import SQL, Identifier
from rds_certificates import BUNDLE

from lambdas.database_bootstrap.settings import Settings
from lambdas.shared.connection import Connection
from lambdas.shared.observability import logger
from lambdas.shared.postgres import CONNECT_TIMEOUT, Login, connect
from lambdas.shared.service import own_names

ROLES = ("rds_iam", "pg_monitor", "pg_read_all_data")
OLDEST_VERSION = 14  # the first with pg_read_all_data
_LOCK = 7_046_029_254_386_353_131  # any number that nothing else locks: two runs at once would make the role twice


class BootstrapError(Exception):
    """The login could not be made; the text says what to change at the server."""


@dataclass(frozen=True)
class Outcome:
    """The login, what this run had to change for it, and what the server did not let it do."""

    login: str
    server_version: str
    changed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def master_login(settings: Settings, credentials: Mapping[str, str]) -> Login:
    """The master user's login, from the `username` and `password` of its secret."""
    missing = [name for name in ("username", "password") if not credentials.get(name)]
    if missing:
        raise BootstrapError(f"the master secret has no {' and no '.join(missing)} (invoke database_access instead)")
    return Login(
        {
            "host": settings.database_host,
            "port": str(settings.database_port),
            "dbname": settings.database_name,
            "user": credentials["username"],
            "sslmode": "verify-full",
            "sslrootcert": str(BUNDLE),
            "connect_timeout": str(CONNECT_TIMEOUT),
        },
        credentials["password"],
    )


def make_login(master: Login) -> Outcome:
    """Make the login, or complete one that lacks something; a second run changes nothing.

    Raises BootstrapError when the server cannot be reached, is too old, or refuses.
    """
    try:
        with connect(
            master, application_name=own_names().session_name("bootstrap"), statement_timeout="30s"
        ) as session:
            outcome = _make(session)
            session.commit()
    except psycopg2.Error as error:
        login = own_names().monitor_login
        raise BootstrapError(f"login {login} was not made at {master.address}: {_in_one_line(error)}") from None
    logger.info("login is there", **outcome.as_dict())
    return outcome


def _make(session: Connection) -> Outcome:
    with session.cursor() as cursor:
        _refuse_unfit_server(session, cursor)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        outcome = Outcome(own_names().monitor_login, session.get_parameter_status("server_version") or "unknown")
        _make_role(cursor, outcome)
        _grant_roles(cursor, outcome)
        _allow_connecting(cursor, outcome)
        _try_to_see_all_rows(cursor, outcome)
        _try_to_count_statements(cursor, outcome)
    return outcome


def _refuse_unfit_server(session: Connection, cursor: Cursor) -> None:
    if session.server_version < OLDEST_VERSION * 10_000:
        version = session.get_parameter_status("server_version")
        raise BootstrapError(f"the server is PostgreSQL {version}, and {OLDEST_VERSION} or newer is needed")
    if _value(cursor, "SELECT to_regrole('rds_iam') IS NULL"):
        raise BootstrapError(
            "the server has no role rds_iam, so nobody can log in to it by IAM: is it RDS?"
            " (for any other PostgreSQL set database.mode to external)"
        )


def _make_role(cursor: Cursor, outcome: Outcome) -> None:
    cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", (outcome.login,))
    found = cursor.fetchone()
    if found is None:
        cursor.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(outcome.login)))
        outcome.changed.append("role made")
    elif not found[0]:
        cursor.execute(SQL("ALTER ROLE {} LOGIN").format(Identifier(outcome.login)))
        outcome.changed.append("role may log in")


def _grant_roles(cursor: Cursor, outcome: Outcome) -> None:
    for role in ROLES:
        if not _value(
            cursor,
            "SELECT EXISTS (SELECT FROM pg_auth_members WHERE roleid = to_regrole(%s) AND member = to_regrole(%s))",
            role,
            outcome.login,
        ):
            cursor.execute(SQL("GRANT {} TO {}").format(Identifier(role), Identifier(outcome.login)))
            outcome.changed.append(f"{role} granted")


def _allow_connecting(cursor: Cursor, outcome: Outcome) -> None:
    if not _value(cursor, "SELECT has_database_privilege(%s, current_database(), 'CONNECT')", outcome.login):
        database = _value(cursor, "SELECT current_database()")
        cursor.execute(
            SQL("GRANT CONNECT ON DATABASE {} TO {}").format(Identifier(database), Identifier(outcome.login))
        )
        outcome.changed.append(f"connection to {database} granted")


def _try_to_see_all_rows(cursor: Cursor, outcome: Outcome) -> None:
    """`pg_read_all_data` stops at row-level security: a backup of such tables would be refused, or lack rows."""
    if _value(cursor, "SELECT rolbypassrls FROM pg_roles WHERE rolname = %s", outcome.login):
        return
    _try(
        cursor,
        outcome,
        SQL("ALTER ROLE {} BYPASSRLS").format(Identifier(outcome.login)),
        "row-level security bypassed",
    )


def _try_to_count_statements(cursor: Cursor, outcome: Outcome) -> None:
    if not _value(cursor, "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements')"):
        _try(cursor, outcome, SQL("CREATE EXTENSION pg_stat_statements"), "pg_stat_statements made")


def _try(cursor: Cursor, outcome: Outcome, statement: Any, change: str) -> None:
    """What is good to have but not every server allows: a refusal is reported and does not undo the rest."""
    cursor.execute("SAVEPOINT attempt")
    try:
        cursor.execute(statement)
    except (errors.InsufficientPrivilege, errors.UndefinedFile, errors.FeatureNotSupported) as error:
        cursor.execute("ROLLBACK TO SAVEPOINT attempt")
        outcome.refused.append(f"{change}: {_in_one_line(error)}")
    else:
        outcome.changed.append(change)
    cursor.execute("RELEASE SAVEPOINT attempt")


def _value(cursor: Cursor, query: str, *arguments: str) -> Any:
    cursor.execute(query, arguments)
    row = cursor.fetchone()
    return row and row[0]


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())
