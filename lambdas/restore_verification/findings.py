"""What is found in the restored database: numbers where all is well, and the names of what is not."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812  (a class with a lower-case name)

from lambdas.restore_verification.contents import Grouping
from lambdas.restore_verification.finish import Finished
from lambdas.restore_verification.lacking import Lacking
from lambdas.restore_verification.report import Report, commands_of
from lambdas.restore_verification.sequences import sequences
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.table_contents import TableName, checksum, extension_row_counts, row_counts, tables
from lambdas.vocabulary.backups import Manifest, Result, Table

ASSERTION_SECONDS = 60
NOTHING_LACKS = Lacking()
Finding = tuple[Result, str]
_CLEAN = Report()
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


def restore_clean(report: Report, how: str, lacking: Lacking) -> Finding:
    if report.errors:
        return _failed(f"{len(report.errors)} errors: {_some([str(failure) for failure in report.errors])}")
    if report.beyond_this_server:
        messages = [str(failure) for failure in report.beyond_this_server]
        return _not_provable(f"beyond the restore server: {_some(messages)}; restored {how}")
    return lacking.result, "; ".join(filter(None, [f"no errors; {how}", str(lacking)]))


def extensions_present(session: Connection, manifest: Manifest, report: Report, lacking: Lacking) -> Finding:
    present = {name for (name,) in _rows(session, "SELECT extname FROM pg_catalog.pg_extension")}
    available = {name for (name,) in _rows(session, "SELECT name FROM pg_catalog.pg_available_extensions")}
    wanted = [extension.name for extension in manifest.extensions]
    missing = [name for name in wanted if name not in present]
    if unavailable := [name for name in missing if name not in available]:
        accepted = "".join(f"; accepted: {acceptance}" for acceptance in lacking.accepted)
        return lacking.result, f"the restore server has no extension {_some(unavailable)}{accepted}"
    if missing:
        return _lacking(f"missing: {_some(missing)}", missing, report)
    return _passed(f"{len(wanted)} extensions")


def tables_equal(
    session: Connection, manifest: Manifest, report: Report = _CLEAN, lacking: Lacking = NOTHING_LACKS
) -> Finding:
    expected, lost = _split(manifest.tables, lacking)
    of_extensions, lost_of_extensions = _split(manifest.extension_tables, lacking)
    grouping = Grouping(session)
    if faults := _faults(session, expected, grouping) | _faults_of_extensions(session, of_extensions):
        named = sorted(f"{_name(table)} {fault}" for table, fault in faults.items())
        text = f"{len(faults)} differences in {len(expected)} tables: {_some(named)}"
        return _lacking(text, grouping.members(faults), report)
    text = f"{len(expected)} tables, {_rows_of(expected)} rows"
    if of_extensions:
        text += f", and {_rows_of(of_extensions)} rows in {len(of_extensions)} tables of extensions"
    return _without(lost | lost_of_extensions, text, lacking)


def checksums_equal(
    session: Connection, manifest: Manifest, report: Report = _CLEAN, lacking: Lacking = NOTHING_LACKS
) -> Finding:
    critical, lost = _split([table for table in manifest.tables if table.checksum], lacking)
    if not critical and not lost:
        largest = sorted(manifest.tables, key=lambda table: -table.rows)[:_NAMED]
        names = _some([_name((table.schema, table.name)) for table in largest])
        return Result.NONE_NAMED, f"database.critical_tables names no table{names and f' (the largest are {names})'}"
    present = critical.keys() & set(tables(session))
    grouping = Grouping(session)
    expected = grouping.checksums((name, table.checksum or "") for name, table in critical.items())
    restored = grouping.checksums((table, checksum(session, *table)) for table in sorted(present))
    if unequal := [table for table, digest in expected.items() if restored.get(table) != digest]:
        text = f"{len(unequal)} of {len(expected)} differ: {_some([_name(table) for table in unequal])}"
        return _lacking(text, grouping.members(unequal), report)
    return _without(lost, f"{len(critical)} critical tables, {_rows_of(critical)} rows", lacking)


def constraints_valid(session: Connection, report: Report, finished: Finished) -> Finding:
    """A constraint that the source never validated is restored as such; pg_restore validates every other one."""
    [(count, foreign, never_validated)] = _rows(session, _CONSTRAINTS)
    if lost := _lost(report, " ADD CONSTRAINT ", "could not be restored"):
        return lost
    text = f"{count} constraints, {foreign} of them foreign keys"
    if at_the_source := never_validated - len(finished.not_valid):
        text += f"; {at_the_source} NOT VALID, as at the source"
    if finished.not_valid:
        text += f"; NOT VALID, as rows that they refer to are left out: {_some(finished.not_valid)}"
    if finished.not_made:
        text += f"; not made, for the same reason: {_some(finished.not_made)}"
    return _passed(text)


def indexes_valid(session: Connection, report: Report) -> Finding:
    [(count, invalid)] = _rows(session, _INDEXES)
    return _lost(report, " INDEX ", "are missing or invalid", invalid) or _passed(f"{count} indexes")


def sequences_ahead(session: Connection, manifest: Manifest, report: Report) -> Finding:
    """A sequence that is behind its column at the source is so in an exact copy, too."""
    found = sequences(session, manifest.sequences)
    if found.changed:
        text = f"{len(found.changed)} of {found.count} are not as at the source: {_some(found.changed.values())}"
        return _lacking(text, found.changed, report)
    if found.behind and manifest.sequences is None:
        return _failed(
            f"{len(found.behind)} of {found.count} are behind: {_some(found.behind.values())}"
            " (set them with setval, here and at the source)"
        )
    behind = f"; behind their columns, as there: {_some(found.behind.values())}" if found.behind else ""
    return _passed(f"{found.count} sequences as at the source{behind}")


def assertions_true(session: Connection, assertions: Sequence[str], report: Report) -> Finding:
    """The settings' own queries, each in a read-only transaction that sees the schema `public`."""
    if not assertions:
        return Result.NONE_NAMED, "database.sql_assertions names no query"
    session.rollback()
    session.set_session(readonly=True)
    faults = [fault for assertion in assertions if (fault := _fault(session, assertion))]
    if faults:
        text = f"{len(faults)} of {len(assertions)} are not: {_some(faults)}"
        return _failed(text) if report.is_whole else _not_provable(text)  # nobody knows what one reads
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


_Tables = dict[TableName, Table]


def _split(found: Iterable[Table], lacking: Lacking) -> tuple[_Tables, _Tables]:
    """Those that must be there, and those that are lost to what was lacking."""
    by_name = {(table.schema, table.name): table for table in found}
    lost = {name: table for name, table in by_name.items() if name in lacking.tables}
    return {name: table for name, table in by_name.items() if name not in lost}, lost


def _faults(session: Connection, expected: _Tables, grouping: Grouping) -> dict[TableName, str]:
    restored = row_counts(session, tables(session))
    rows = grouping.rows(restored)
    return {
        **dict.fromkeys(expected.keys() - restored.keys(), "is missing"),
        **dict.fromkeys(restored.keys() - expected.keys(), "is not in the manifest"),
        **{
            table: f"has {rows[table]} of {count} rows"
            for table, count in grouping.rows({name: table.rows for name, table in expected.items()}).items()
            if table in rows and rows[table] != count
        },
    }


def _faults_of_extensions(session: Connection, expected: _Tables) -> dict[TableName, str]:
    restored = extension_row_counts(session) if expected else {}
    return {
        name: f"of an extension has {restored.get(name, 'none')} of {table.rows} rows"
        for name, table in expected.items()
        if restored.get(name) != table.rows
    }


def _without(lost: _Tables, text: str, lacking: Lacking) -> Finding:
    """What is well, and what could not be compared."""
    if lost:
        text += f"; not restored here: {_some(sorted(map(_name, lost)))}, {_rows_of(lost)} rows"
    return lacking.result_without(lost), text


def _rows_of(found: _Tables) -> int:
    return sum(table.rows for table in found.values())


def _rows(session: Connection, query: str) -> list[tuple[Any, ...]]:
    with session.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def _passed(detail: str) -> Finding:
    return Result.PASSED, detail


def _failed(detail: str) -> Finding:
    return Result.FAILED, detail


def _lost(report: Report, kind: str, how: str, others: Collection[str] = ()) -> Finding | None:
    """What became of commands of a kind, such as ADD CONSTRAINT; None when all went well."""
    lost, beyond = [*commands_of(report.errors, kind), *others], commands_of(report.beyond_this_server, kind)
    if not lost and not beyond:
        return None
    text = f"{len(lost) + len(beyond)} {how}: {_some([*lost, *beyond])}"
    return _failed(text) if lost else _not_provable(text)


def _lacking(text: str, names: Iterable[str | TableName], report: Report) -> Finding:
    """A fault in things of these names: no proof against the backup where this server could not take each of them."""
    plain = {name if isinstance(name, str) else name[-1] for name in names}
    return _not_provable(text) if plain <= report.affected else _failed(text)


def _not_provable(detail: str) -> Finding:
    return Result.NOT_PROVABLE, detail


def _some(findings: Collection[str]) -> str:
    shown = "; ".join(list(findings)[:_NAMED])
    more = len(findings) - _NAMED
    return f"{shown}; and {more} more" if more > 0 else shown


def _name(table: TableName) -> str:
    return ".".join(table)
