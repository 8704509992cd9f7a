"""Running the queries, each for itself: one that fails takes no other with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg2
from psycopg2 import errors
from psycopg2.sql import SQL, Composed, Identifier, Literal

from lambdas.database_check.check import Check, Grant, Limits
from lambdas.database_check.read_only import Reader
from lambdas.shared.clock import Deadline
from lambdas.shared.service import own_names

# A login is told which of the roles it lacks, so it is asked which it has.
_ABOUT = """
    SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_version') AS release,
           current_user AS login, pg_is_in_recovery() AS standby,
           ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'pg_read_all_%' AND pg_has_role(oid, 'USAGE'))
               AS grants,
           (SELECT jsonb_object_agg(extname, nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace)
               AS extensions
"""
_LACKING = (
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.UndefinedFunction,
    errors.UndefinedObject,
    errors.ObjectNotInPrerequisiteState,
    errors.FeatureNotSupported,
)


@dataclass(frozen=True)
class Server:
    """What decides which queries can run; `grants` are PostgreSQL's own roles that the login has."""

    version: int
    release: str
    login: str
    standby: bool
    grants: frozenset[str]
    extensions: dict[str, str]
    """Name and schema."""


@dataclass
class Measured:
    """The values by check, and why others are absent."""

    values: dict[str, Any] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    """Not to be had here, by the server's version or setup: nobody's fault."""
    failed: dict[str, str] = field(default_factory=dict)
    """To be had, but not this time."""
    missing_grants: dict[str, list[str]] = field(default_factory=dict)
    """The statement that would mend it, and what cannot be measured without."""

    def ungranted(self, statement: str, check: Check) -> None:
        self.missing_grants.setdefault(statement, []).append(check.name)


def server_of(reader: Reader) -> Server:
    (row,) = reader.rows(SQL(_ABOUT))
    return Server(**{**row, "grants": frozenset(row["grants"]), "extensions": row["extensions"] or {}})


def measure(
    reader: Reader,
    server: Server,
    checks: Iterable[Check],
    *,
    limits: Limits,
    deadline: Deadline,
) -> Measured:
    """Run the query of each of `checks` that can run on `server`; `limits` gives their parameters.

    Raises psycopg2.OperationalError or InterfaceError when the connection is lost.
    """
    measured = Measured()
    for check in checks:
        if not check.sql:
            continue
        if why_not := _lacking(check, server):
            measured.absent[check.name] = why_not
        elif check.grant and not check.sees_a_part and check.grant not in server.grants:
            measured.ungranted(_remedy(check.grant, server), check)
        elif deadline.remaining <= 0:
            measured.failed[check.name] = "no time was left for it"
        else:
            _run(reader, server, check, _statement(check, server, limits), measured)
    return measured


def _lacking(check: Check, server: Server) -> str | None:
    if server.version < check.minimum_version:
        return f"needs PostgreSQL {check.minimum_version}, this is {server.release}"
    if check.extension and check.extension not in server.extensions:
        return f"the extension {check.extension} is not installed in this database"
    return None


def _remedy(grant: Grant, server: Server) -> str:
    return f'GRANT {grant} TO "{server.login}"'


def _statement(check: Check, server: Server, limits: Limits) -> Composed:
    extension = check.extension
    return SQL(check.sql).format(
        extension=Identifier(server.extensions[extension], extension) if extension else SQL(""),
        own_sessions=Literal(own_names().own_sessions),
        **{str(parameter.name): Literal(limits.limit(parameter)) for parameter in check.parameters},
    )


def _run(
    reader: Reader,
    server: Server,
    check: Check,
    statement: Composed,
    measured: Measured,
) -> None:
    try:
        rows = reader.rows(statement)
    except psycopg2.Error as error:
        if reader.lost:
            raise
        _account_for(error, check, server, measured)
        return
    measured.values[check.name] = rows if check.many else rows[0]
    if check.grant and not check.many and rows[0].get("unreadable"):
        measured.ungranted(_remedy(check.grant, server), check)


def _account_for(error: psycopg2.Error, check: Check, server: Server, measured: Measured) -> None:
    reason = str(error).strip().partition("\n")[0]
    match error:
        case errors.InsufficientPrivilege():
            measured.ungranted(f'what "{server.login}" needs against: {reason}', check)
        case errors.QueryCanceled():
            measured.failed[check.name] = "took longer than the statement timeout"
        case errors.CharacterNotInRepertoire() | errors.UntranslatableCharacter():
            measured.absent[check.name] = f"another database's text does not fit this one's encoding: {reason}"
        case errors.LockNotAvailable():
            measured.failed[check.name] = "waited for a lock that another session holds"
        case _ if isinstance(error, _LACKING):
            measured.absent[check.name] = f"this server does not have it: {reason}"
        case _:
            measured.failed[check.name] = reason
