"""The empty database that somebody else runs: how it is reached, and what it can take."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import psycopg2
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import make_dsn
from psycopg2.sql import SQL, Identifier, Literal

from lambdas.shared import archive
from lambdas.shared.connection import Connection
from lambdas.shared.database_url import parameters_of
from lambdas.shared.postgres import CONNECT_TIMEOUT, Login, connect
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.table_contents import TableName
from ops.errors import OpsError, UsageError

UNFINISHED = "restore_unfinished"
"""A schema that is there as long as what is restored is not whole and compared."""

# The operator has typed the address: what is wrong with it is not in the settings, nor in a secret.
REMEDIES = {
    r'database ".*" does not exist': "make it first: createdb, or CREATE DATABASE",
    r"could not translate host name": "check the host name in --to",
    r"password authentication failed|PAM authentication failed": "check user and password (~/.pgpass)",
    r'role ".*" does not exist': "check the user in --to",
    r"certificate verify failed|self-signed certificate": "name its CA file in --to: ?sslrootcert=<file>",
    r"server does not support SSL": "the server speaks no TLS: write ?sslmode=prefer in --to if that may be",
    r"no pg_hba.conf entry .*no encryption": "the server wants TLS: write ?sslmode=require in --to",
    r"Connection refused|timeout expired|Network is unreachable|No route to host": (
        "check host and port in --to, that the server runs, and that it can be reached from here"
    ),
}

_OWN_OBJECTS = """
SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
_ABILITIES = """
SELECT pg_catalog.current_database(),
    (SELECT rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = current_user),
    pg_catalog.current_setting('max_locks_per_transaction')::int * (
        pg_catalog.current_setting('max_connections')::int
        + pg_catalog.current_setting('max_prepared_transactions')::int),
    ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles),
    ARRAY(SELECT name::text FROM pg_catalog.pg_available_extensions),
    ARRAY(SELECT nspname::text FROM pg_catalog.pg_namespace),
    ARRAY(
        SELECT pg_catalog.split_part(setting, '=', 1) || coalesce(' of role ' || rolname, '')
        FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = setdatabase
        LEFT JOIN pg_catalog.pg_roles r ON r.oid = setrole, pg_catalog.unnest(setconfig) AS setting
        WHERE datname = pg_catalog.current_database()
    )
"""
_HIDDEN = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relforcerowsecurity AND pg_catalog.row_security_active(c.oid)
"""
_MARK = "SELECT pg_catalog.obj_description(oid, 'pg_namespace') FROM pg_catalog.pg_namespace WHERE nspname = %s"


@dataclass(frozen=True)
class Target:
    version: str
    major: int
    unknown_clauses: tuple[archive.Clause, ...]
    """Of those that may stand in a backup and hold no data, the ones that this server does not know."""
    database: str
    passes_policies: bool
    """Row-level security never binds the login."""
    lock_slots: int
    """So many locks the server promises to one transaction while no other holds any."""
    roles: frozenset[str]
    extensions: frozenset[str]
    schemas: frozenset[str]
    settings: frozenset[str]
    """The labels of what is set for this database already."""

    @classmethod
    def at(cls, login: Login) -> "Target":
        """Look at the database; raises OpsError unless it is empty."""
        with session_at(login) as session, session.cursor() as cursor:
            _refuse_unless_empty(session, login)
            cursor.execute(_ABILITIES)
            [(database, passes_policies, lock_slots, *names)] = cursor.fetchall()
            version = session.info.parameter_status("server_version") or ""
            unknown = archive.unknown_clauses(session)
            major = session.info.server_version // 10_000
        return cls(version, major, unknown, database, passes_policies, lock_slots, *map(frozenset, names))


def login_at(url: str, application: str) -> Login:
    """The login of a URL, its sessions called `application`.

    Its password comes from ~/.pgpass or is asked for, as others can read a command line.
    """
    try:
        parameters = parameters_of(url, "dbname")
    except ValueError as fault:
        raise UsageError(f"--to {fault} (write postgresql://user@host:5432/name)") from None
    if "password" in parameters:
        raise UsageError("leave the password out of --to: it is taken from ~/.pgpass, or asked for")
    login = Login({"connect_timeout": str(CONNECT_TIMEOUT), **parameters, "application_name": application})
    try:
        psycopg2.connect(make_dsn(**login.parameters)).close()
    except psycopg2.OperationalError as error:
        if "no password supplied" in str(error):
            return replace(login, password=_asked_for())
        raise
    return login


def _asked_for() -> str:
    try:
        return getpass.getpass("Password: ")
    except EOFError:
        raise UsageError("the target wants a password, and nobody is there to ask: put it into ~/.pgpass") from None


def application_of(login: Login) -> str:
    """What the sessions of this login are called."""
    return login.parameters.get("application_name", "recovery")


@contextmanager
def session_at(login: Login) -> Iterator[Connection]:
    """A session in autocommit mode."""
    with connect(login, application_name=application_of(login)) as session:
        session.autocommit = True
        yield session


def tables_hidden(session: Connection) -> list[TableName]:
    """The login's own tables whose policies bind it, too."""
    with session.cursor() as cursor:
        cursor.execute(_HIDDEN)
        return [(schema, name) for schema, name in cursor]


def mark_unfinished(login: Login, backup: str) -> None:
    with session_at(login) as session, session.cursor() as cursor:
        try:
            cursor.execute(
                SQL("CREATE SCHEMA {0}; COMMENT ON SCHEMA {0} IS {1}").format(Identifier(UNFINISHED), Literal(backup))
            )
        except InsufficientPrivilege:
            raise OpsError(
                f"{login.address} is restored in several steps, which a schema {UNFINISHED} marks meanwhile, and the"
                " login may not make it (GRANT CREATE ON DATABASE to it)"
            ) from None


def unmark(login: Login) -> None:
    with session_at(login) as session, session.cursor() as cursor:
        cursor.execute(SQL("DROP SCHEMA IF EXISTS {}").format(Identifier(UNFINISHED)))


def line_about(error: psycopg2.Error) -> str:
    return f"the target database: {one_line(str(error), remedies=REMEDIES)}"


def _refuse_unless_empty(session: Connection, login: Login) -> None:
    with session.cursor() as cursor:
        cursor.execute(_MARK, (UNFINISHED,))
        if found := cursor.fetchone():
            raise OpsError(
                f"{login.address} holds an unfinished restore of {found[0]} (drop the database and make it anew)"
            )
        cursor.execute(_OWN_OBJECTS)
        [(count,)] = cursor.fetchall()
    if count:
        raise OpsError(
            f"{login.address} is not empty: it holds {count} tables, indexes or sequences (restore into a new database)"
        )
