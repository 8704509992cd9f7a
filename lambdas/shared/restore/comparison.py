"""The tables of a restored database held against the manifest: their rows, and their contents."""

from collections.abc import Collection, Iterable

from lambdas.shared.connection import Connection
from lambdas.shared.restore.finding import NAMED, Finding, failed_beyond, some
from lambdas.shared.restore.grouping import Grouping
from lambdas.shared.restore.lacking import NOTHING_LACKS, Lacking
from lambdas.shared.table_contents import TableName, checksum, extension_row_counts, row_counts, tables
from lambdas.vocabulary.backups import Manifest, Result, Table

_Tables = dict[TableName, Table]


def tables_equal(
    session: Connection, manifest: Manifest, lacking: Lacking = NOTHING_LACKS, affected: Collection[str] = ()
) -> Finding:
    expected, lost = _split(manifest.tables, lacking)
    of_extensions, lost_of_extensions = _split(manifest.extension_tables, lacking)
    grouping = Grouping(session)
    if faults := _faults(session, expected, grouping) | _faults_of_extensions(session, of_extensions):
        named = sorted(f"{_name(table)} {fault}" for table, fault in faults.items())
        text = f"{len(faults)} differences in {len(expected)} tables: {some(named)}"
        return failed_beyond(affected, text, grouping.members(faults))
    text = f"{len(expected)} tables, {_rows_of(expected)} rows"
    if of_extensions:
        text += f", and {_rows_of(of_extensions)} rows in {len(of_extensions)} tables of extensions"
    return _without(lost | lost_of_extensions, text, lacking)


def checksums_equal(
    session: Connection, manifest: Manifest, lacking: Lacking = NOTHING_LACKS, affected: Collection[str] = ()
) -> Finding:
    critical, lost = _split([table for table in manifest.tables if table.checksum], lacking)
    if not critical and not lost:
        largest = sorted(manifest.tables, key=lambda table: -table.rows)[:NAMED]
        names = some([_name((table.schema, table.name)) for table in largest])
        return Finding(
            Result.NONE_NAMED, f"database.critical_tables names no table{names and f' (the largest are {names})'}"
        )
    present = critical.keys() & set(tables(session))
    grouping = Grouping(session)
    expected = grouping.checksums((name, table.checksum or "") for name, table in critical.items())
    restored = grouping.checksums((table, checksum(session, *table)) for table in sorted(present))
    if unequal := [table for table, digest in expected.items() if restored.get(table) != digest]:
        text = f"{len(unequal)} of {len(expected)} differ: {some([_name(table) for table in unequal])}"
        return failed_beyond(affected, text, grouping.members(unequal))
    return _without(lost, f"{len(critical)} critical tables, {_rows_of(critical)} rows", lacking)


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
        text += f"; not restored here: {some(sorted(map(_name, lost)))}, {_rows_of(lost)} rows"
    return Finding(lacking.result_without(lost), text, names_what_is_lost=bool(lost))


def _rows_of(found: _Tables) -> int:
    return sum(table.rows for table in found.values())


def _name(table: TableName) -> str:
    return ".".join(table)
