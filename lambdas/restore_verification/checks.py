"""The checks of a restored database, run side by side, each in a session of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from enum import StrEnum

import psycopg2

from lambdas.restore_verification import findings
from lambdas.restore_verification.restore import DATABASE, Restored
from lambdas.restore_verification.server import Server
from lambdas.shared.connection import Connection
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.restore.comparison import checksums_equal, tables_equal
from lambdas.shared.restore.finding import Finding, failed
from lambdas.shared.restore.lacking import Lacking
from lambdas.shared.table_contents import apply_session_settings
from lambdas.vocabulary.backups import Check, Manifest, Result

Examine = Callable[[Connection], Finding]


class Name(StrEnum):
    """What is checked, in the order in which it is told."""

    OBJECTS_INTACT = "objects intact"
    ALL_ROWS = "all rows restored"
    """Only of a database that is too large for that."""
    RESTORE_CLEAN = "restore clean"
    EXTENSIONS_PRESENT = "extensions present"
    TABLES_EQUAL = "tables equal"
    CHECKSUMS_EQUAL = "checksums equal"
    CONSTRAINTS_VALID = "constraints valid"
    INDEXES_VALID = "indexes valid"
    SEQUENCES_AHEAD = "sequences ahead of their columns"
    ASSERTIONS_TRUE = "SQL assertions true"


def run_checks(
    server: Server,
    manifest: Manifest,
    restored: Restored,
    lacking: Lacking,
    assertions: Sequence[str],
    *,
    processors: int,
    in_part: bool = False,
) -> tuple[Check, ...]:
    """All checks of the database.  Raises psycopg2.Error only when the server itself is gone.

    `in_part` says that the manifest's tables without rows may hold some, which were not restored.
    """
    report = replace(restored.report, omitted=lacking.names)
    plan: dict[Name, Examine] = {
        Name.RESTORE_CLEAN: lambda _: findings.restore_clean(report, restored.how, lacking),
        Name.EXTENSIONS_PRESENT: lambda session: findings.extensions_present(session, manifest, report, lacking),
        Name.TABLES_EQUAL: lambda session: tables_equal(session, manifest, lacking, report.affected),
        Name.CHECKSUMS_EQUAL: lambda session: checksums_equal(session, manifest, lacking, report.affected),
        Name.CONSTRAINTS_VALID: lambda session: findings.constraints_valid(session, report, restored.finished),
        Name.INDEXES_VALID: lambda session: findings.indexes_valid(session, report),
        Name.SEQUENCES_AHEAD: lambda session: findings.sequences_ahead(session, manifest, report),
        Name.ASSERTIONS_TRUE: lambda session: findings.assertions_true(session, assertions, report, in_part=in_part),
    }
    with ThreadPoolExecutor(processors) as pool:
        found = list(pool.map(lambda examine: _find(server, examine), plan.values()))
    reason = next((failure.message for failure in report.beyond_this_server), lacking.reason)
    return tuple(_judge(name, finding, reason) for name, finding in zip(plan, found, strict=True))


def _find(server: Server, examine: Examine) -> Finding:
    with closing(server.connect(DATABASE)) as session:
        apply_session_settings(session)
        try:
            return examine(session)
        except psycopg2.Error as error:
            if session.closed:
                raise
            return failed(f"the restored database answers: {one_line(str(error))}")


def _judge(name: Name, finding: Finding, reason: str | None) -> Check:
    """What is not provable, though this server has all that it names, is so for what this server could not take."""
    detail = finding.detail
    named = name in (Name.RESTORE_CLEAN, Name.EXTENSIONS_PRESENT) or finding.names_what_is_lost
    if finding.result is Result.NOT_PROVABLE and reason and not named:
        detail += f" (the restore server could not take all of it: {reason})"
    return Check(name, finding.result, detail)
