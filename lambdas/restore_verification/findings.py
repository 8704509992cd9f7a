"""What is found in the restored database: numbers where all is well, and the names of what is not."""

from collections.abc import Collection, Sequence
from typing import Any

import psycopg2
from postgresql_tools import STAND_INS
from psycopg2.extensions import connection as Connection  # noqa: N812  (a class with a lower-case name)

from lambdas.restore_verification.contents import Grouping
from lambdas.restore_verification.report import Report
from lambdas.restore_verification.sequences import sequences
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.table_contents import checksum, row_counts, tables
from lambdas.vocabulary.backups import Manifest, Result

ASSERTION_SECONDS = 60
Finding = tuple[Result, str]
_NAMED = 5
"""Faults that a detail spells out; of the rest it gives the number."""

_CONSTRAINTS = """
SELECT count(*), count(*) FILTER (WHERE contype = 'f'), count(*) FILTER (WHERE NOT convalidated)
FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""

# A partitioned index is invalid as long as a partition lacks its part; that is so at the source, too.
_INDEXES = """
SELECT count(*), coalesce(
    pg_catalog.array_agg(indexrelid::regclass::text) FILTER (WHERE NOT indisvalid AND c.relkind = 'i'), '{}')
FROM pg_catalog.pg_index
JOIN pg_catalog.pg_class c ON c.oid = indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""


def restore_clean(report: Report, how: str) -> Finding:
    if report.errors:
        return _failed(f"{len(report.errors)} errors: {_some([str(failure) for failure in report.errors])}")
    if report.beyond_this_server:
        messages = [str(failure) for failure in report.beyond_this_server]
        return _not_provable(f"beyond the restore server: {_some(messages)}")
    return _passed(how)


def extensions_present(session: Connection, manifest: Manifest) -> Finding:
    present = {name for (name,) in _rows(session, "SELECT extname FROM pg_catalog.pg_extension")}
    available = {name for (name,) in _rows(session, "SELECT name FROM pg_catalog.pg_available_extensions")}
    wanted = [extension.name for extension in manifest.extensions]
    missing = [name for name in wanted if name not in present]
    if unavailable := [name for name in missing if name not in available]:
        text = f"the restore server has no extension {_some(unavailable)}"
        return _not_provable(text)
    if missing:
        return _failed(f"missing: {_some(missing)}")
    text = f"{len(wanted)} extensions"
    if stand_ins := sorted(STAND_INS.intersection(wanted)):
        text += f", {_some(stand_ins)} being served by a stand-in with the same functions"
    return _passed(text)


def tables_equal(session: Connection, manifest: Manifest) -> Finding:
    expected = {(table.schema, table.name): table.rows for table in manifest.tables}
    restored = row_counts(session, tables(session))
    faults = [f"{_name(table)} is missing" for table in expected.keys() - restored.keys()]
    faults += [f"{_name(table)} is not in the manifest" for table in restored.keys() - expected.keys()]
    grouping = Grouping(session)
    rows = grouping.rows(restored)
    faults += [
        f"{_name(table)} has {rows[table]} of {count} rows"
        for table, count in grouping.rows(expected).items()
        if table in rows and rows[table] != count
    ]
    if faults:
        return _failed(f"{len(faults)} differences in {len(expected)} tables: {_some(sorted(faults))}")
    return _passed(f"{len(expected)} tables, {sum(expected.values())} rows")


def checksums_equal(session: Connection, manifest: Manifest) -> Finding:
    critical = {(table.schema, table.name): table.checksum for table in manifest.tables if table.checksum}
    if not critical:
        largest = sorted(manifest.tables, key=lambda table: -table.rows)[:_NAMED]
        names = _some([_name((table.schema, table.name)) for table in largest])
        return Result.NONE_NAMED, f"database.critical_tables names no table{names and f' (the largest are {names})'}"
    present = critical.keys() & set(tables(session))
    grouping = Grouping(session)
    expected = grouping.checksums(critical.items())
    restored = grouping.checksums((table, checksum(session, *table)) for table in sorted(present))
    if unequal := [_name(table) for table, digest in expected.items() if restored.get(table) != digest]:
        return _failed(f"{len(unequal)} of {len(expected)} differ: {_some(unequal)}")
    rows = sum(table.rows for table in manifest.tables if table.checksum)
    return _passed(f"{len(critical)} critical tables, {rows} rows")


def constraints_valid(session: Connection, report: Report) -> Finding:
    """A constraint that the source never validated is restored as such; pg_restore validates every other one."""
    [(count, foreign, never_validated)] = _rows(session, _CONSTRAINTS)
    if lost := report.commands_in_error(" ADD CONSTRAINT "):
        return _failed(f"{len(lost)} could not be restored: {_some(lost)}")
    text = f"{count} constraints, {foreign} of them foreign keys"
    if never_validated:
        text += f"; {never_validated} NOT VALID, as at the source"
    return _passed(text)


def indexes_valid(session: Connection, report: Report) -> Finding:
    [(count, invalid)] = _rows(session, _INDEXES)
    if lost := report.commands_in_error(" INDEX ") + invalid:
        return _failed(f"{len(lost)} are missing or invalid: {_some(lost)}")
    return _passed(f"{count} indexes")


def sequences_ahead(session: Connection) -> Finding:
    count, behind = sequences(session)
    if behind:
        return _failed(
            f"{len(behind)} of {count} are behind: {_some(behind)} (set them with setval, here and at the source)",
        )
    return _passed(f"{count} sequences that number rows")


def assertions_true(session: Connection, assertions: Sequence[str]) -> Finding:
    """The settings' own queries, each in a read-only transaction that sees the schema `public`."""
    if not assertions:
        return Result.NONE_NAMED, "database.sql_assertions names no query"
    session.rollback()
    session.set_session(readonly=True)
    faults = [fault for assertion in assertions if (fault := _fault(session, assertion))]
    if faults:
        return _failed(f"{len(faults)} of {len(assertions)} are not: {_some(faults)}")
    return _passed(f"{len(assertions)} assertions")


def _fault(session: Connection, assertion: str) -> str | None:
    try:
        with session, session.cursor() as cursor:
            cursor.execute(f"SET LOCAL search_path = public; SET LOCAL statement_timeout = '{ASSERTION_SECONDS}s'")
            cursor.execute(assertion)
            answer = cursor.fetchall()
    except psycopg2.Error as error:
        if session.closed:
            raise
        return f"{assertion!r}: {one_line(str(error))}"
    return None if answer == [(True,)] else f"{assertion!r} answers {str(answer)[:100]}"


def _rows(session: Connection, query: str) -> list[tuple[Any, ...]]:
    with session.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def _passed(detail: str) -> Finding:
    return Result.PASSED, detail


def _failed(detail: str) -> Finding:
    return Result.FAILED, detail


def _not_provable(detail: str) -> Finding:
    return Result.NOT_PROVABLE, detail


def _some(findings: Collection[str]) -> str:
    shown = "; ".join(list(findings)[:_NAMED])
    more = len(findings) - _NAMED
    return f"{shown}; and {more} more" if more > 0 else shown


def _name(table: tuple[str, str]) -> str:
    return ".".join(table)
