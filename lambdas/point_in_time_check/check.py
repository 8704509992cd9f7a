"""Logs in to the restored instance and looks whether it is the database that it should be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import psycopg2
from psycopg2.sql import SQL, Literal

from lambdas.point_in_time_check.findings import (
    assertions_true,
    extensions_present,
    tables_as_before,
    version_as_the_source,
)
from lambdas.point_in_time_check.settings import Settings
from lambdas.shared.catalogue import Catalogue, NotABackupError
from lambdas.shared.clock import Clock, now
from lambdas.shared.connection import Connection
from lambdas.shared.observability import logger
from lambdas.shared.postgres import connect, log_in
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.restore.finding import Finding, failed
from lambdas.shared.service import own_names
from lambdas.shared.table_contents import apply_session_settings
from lambdas.vocabulary.backups import Check, Manifest
from lambdas.vocabulary.point_in_time import Restored

STATEMENT_SECONDS = 120


class Name(StrEnum):
    """What is checked, in the order in which it is told."""

    VERSION = "PostgreSQL version as at the source"
    EXTENSIONS = "extensions as in the newest backup"
    TABLES = "critical tables as in the newest backup"
    ASSERTIONS_TRUE = "SQL assertions true"


@dataclass(frozen=True)
class Request:
    """What the state machine hands over."""

    host: str
    port: int
    version: str
    """The source's, as RDS has it."""
    restorable_at: datetime
    """The moment that was restored: a backup of later would have what cannot be there."""


def check(request: Request, settings: Settings, catalogue: Catalogue, clock: Clock = now) -> Restored:
    """Raises what a login or a lost session raises: the instance may not be ready yet, and the step is tried again."""
    manifest = _newest_backup(catalogue, settings.database, request.restorable_at)
    login = log_in(replace(settings, database_host=request.host, database_port=request.port))
    with connect(login, application_name=own_names().session_name("point-in-time-check")) as session:
        logged_in_at = clock()
        _prepare(session)
        plan: dict[Name, Callable[[Connection], Finding]] = {
            Name.VERSION: lambda _: version_as_the_source(_version(session), request.version),
            Name.EXTENSIONS: lambda it: extensions_present(it, manifest),
            Name.TABLES: lambda it: tables_as_before(it, settings.critical_tables, manifest),
            Name.ASSERTIONS_TRUE: lambda it: assertions_true(it, settings.sql_assertions),
        }
        checks = tuple(_checked(name, look, session) for name, look in plan.items())
        restored = Restored(
            checks=checks,
            server_version=_version(session),
            database_bytes=_size(session),
            logged_in_at=logged_in_at,
            seconds=(clock() - logged_in_at).total_seconds(),
        )
    logger.info("restored instance checked", host=request.host, checks=[f"{it.name}: {it.result}" for it in checks])
    return restored


def _prepare(session: Connection) -> None:
    """The settings under which a backup counts, and an end for every statement; they outlive a rollback."""
    apply_session_settings(session)
    with session.cursor() as cursor:
        cursor.execute(SQL("SET statement_timeout = {}").format(Literal(f"{STATEMENT_SECONDS}s")))
    session.commit()


def _checked(name: Name, look: Callable[[Connection], Finding], session: Connection) -> Check:
    try:
        found = look(session)
    except psycopg2.Error as error:
        if session.closed:
            raise
        found = failed(f"the restored database answers: {one_line(str(error))}")
    session.rollback()
    return Check(name, found.result, found.detail)


def _newest_backup(catalogue: Catalogue, database: str, moment: datetime) -> Manifest | None:
    """The newest one of before `moment`: what it held must be there still."""
    for prefix in catalogue.prefixes(database):
        try:
            commit = catalogue.commit(prefix)
        except NotABackupError:
            continue
        if commit.snapshot_at <= moment:
            return commit.manifest
    return None


def _version(session: Connection) -> str:
    return session.info.parameter_status("server_version") or ""


def _size(session: Connection) -> int:
    with session.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.pg_database_size(pg_catalog.current_database())")
        [(size,)] = cursor.fetchall()
    return int(size)
