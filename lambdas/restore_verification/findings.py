"""What is found in the restored database: numbers where all is well, and the names of what is not."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812  (a class with a lower-case name)

from lambdas.restore_verification.contents import Grouping
from lambdas.restore_verification.report import Report, commands_of
from lambdas.restore_verification.sequences import sequences
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.table_contents import TableName, checksum, row_counts, tables
from lambdas.vocabulary.backups import Manifest, Result

ASSERTION_SECONDS = 60
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


def restore_clean(report: Report, how: str) -> Finding:
    if report.errors:
        return _failed(f"{len(report.errors)} errors: {_some([str(failure) for failure in report.errors])}")
    if report.beyond_this_server:
        messages = [str(failure) for failure in report.beyond_this_server]
        return _not_provable(f"beyond the restore server: {_some(messages)}; restored {how}")
    return _passed(f"no errors; {how}")


def extensions_present(session: Connection, manifest: Manifest, report: Report) -> Finding:
    present = {name for (name,) in _rows(session, "SELECT extname FROM pg_catalog.pg_extension")}
    available = {name for (name,) in _rows(session, "SELECT name FROM pg_catalog.pg_available_extensions")}
    wanted = [extension.name for extension in manifest.extensions]
    missing = [name for name in wanted if name not in present]
    if unavailable := [name for name in missing if name not in available]:
        text = f"the restore server has no extension {_some(unavailable)}"
        return _not_provable(text)
    if missing:
        return _lacking(f"missing: {_some(missing)}", missing, report)
    return _passed(f"{len(wanted)} extensions")


def tables_equal(session: Connection, manifest: Manifest, report: Report = _CLEAN) -> Finding:
    expected = {(table.schema, table.name): table.rows for table in manifest.tables}
    restored = row_counts(session, tables(session))
    faults = dict.fromkeys(expected.keys() - restored.keys(), "is missing")
    faults |= dict.fromkeys(restored.keys() - expected.keys(), "is not in the manifest")
    grouping = Grouping(session)
    rows = grouping.rows(restored)
    faults |= {
        table: f"has {rows[table]} of {count} rows"
        for table, count in grouping.rows(expected).items()
        if table in rows and rows[table] != count
    }
    if faults:
        named = sorted(f"{_name(table)} {fault}" for table, fault in faults.items())
        text = f"{len(faults)} differences in {len(expected)} tables: {_some(named)}"
        return _lacking(text, grouping.members(faults), report)
    return _passed(f"{len(expected)} tables, {sum(expected.values())} rows")


def checksums_equal(session: Connection, manifest: Manifest, report: Report = _CLEAN) -> Finding:
    critical = {(table.schema, table.name): table.checksum for table in manifest.tables if table.checksum}
    present = critical.keys() & set(tables(session))
    grouping = Grouping(session)
    expected = grouping.checksums(critical.items())
    restored = grouping.checksums((table, checksum(session, *table)) for table in sorted(present))
    if unequal := [table for table, digest in expected.items() if restored.get(table) != digest]:
        text = f"{len(unequal)} of {len(expected)} differ: {_some([_name(table) for table in unequal])}"
        return _lacking(text, grouping.members(unequal), report)
    rows = sum(table.rows for table in manifest.tables if table.checksum)
    return _passed(f"{len(critical)} critical tables, {rows} rows")


def constraints_valid(session: Connection, report: Report) -> Finding:
    """A constraint that the source never validated is restored as such; pg_restore validates every other one."""
    [(count, foreign, never_validated)] = _rows(session, _CONSTRAINTS)
    if lost := _lost(report, " ADD CONSTRAINT ", "could not be restored"):
        return lost
    text = f"{count} constraints, {foreign} of them foreign keys"
    if never_validated:
        text += f"; {never_validated} NOT VALID, as at the source"
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
    session.rollback()
    session.set_session(readonly=True)
    faults = [fault for assertion in assertions if (fault := _fault(session, assertion))]
    if faults:
        text = f"{len(faults)} of {len(assertions)} are not: {_some(faults)}"
        return _not_provable(text) if report.beyond_this_server else _failed(text)  # nobody knows what one reads
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


def _name(table: tuple[str, str]) -> str:
    return ".".join(table)
