"""What is found in the restored instance: numbers where all is well, and the names of what is not.

Nothing can be held to equality: the newest backup is of an earlier moment than what RDS restores.
"""

from collections.abc import Sequence

from psycopg2.sql import SQL, Identifier, Literal

from lambdas.shared.connection import Connection
from lambdas.shared.restore.assertions import faults_of
from lambdas.shared.restore.finding import Finding, failed, passed, some
from lambdas.shared.table_contents import TableName
from lambdas.vocabulary.backups import Manifest, Result, Table

SAMPLED_PAGES = 2000
"""Of each table, 16 MB: a freshly restored volume fetches its blocks from S3 as they are read."""
LEAST_SHARE = 0.5
"""Of the rows that a table had at the newest backup; one that lost more has lost more than a day's deletions."""

_PAGES = """
SELECT pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND c.relkind = 'r'
"""
# The rows are written as text, so that what lies out of line is read and decoded, too.
_SAMPLE = """
SELECT count(*), coalesce(sum(pg_catalog.length(ROW(t.*)::text)), 0)
FROM ONLY {table} AS t TABLESAMPLE SYSTEM ({percent})
"""
_NO_BACKUP = Finding(Result.NONE_NAMED, "there is no backup in the bucket of before that moment to compare with")


def version_as_the_source(version: str, source: str) -> Finding:
    """RDS adds a release of its own to a version (`16.4-R2`), and PostgreSQL its packager's."""
    known = source.partition("-")[0]
    found = version.split(maxsplit=1)[0] if version else "none"
    if found.partition(".")[0] == known.partition(".")[0]:
        return passed(f"PostgreSQL {found}; RDS says {source}")
    return failed(f"PostgreSQL {found}, and the source is {source}")


def extensions_present(session: Connection, manifest: Manifest | None) -> Finding:
    if manifest is None:
        return _NO_BACKUP
    with session.cursor() as cursor:
        cursor.execute("SELECT extname, extversion FROM pg_catalog.pg_extension")
        present: dict[str, str] = dict(cursor.fetchall())
    expected = {extension.name: extension.version for extension in manifest.extensions}
    faults = [f"{name} is missing" for name in sorted(expected.keys() - present.keys())]
    faults += [
        f"{name} is {present[name]}, not {version}"
        for name, version in sorted(expected.items())
        if present.get(name, version) != version
    ]
    return failed(some(faults)) if faults else passed(f"{len(expected)} extensions")


def tables_as_before(session: Connection, critical: Sequence[str], manifest: Manifest | None) -> Finding:
    """Whether the critical tables are there with about as many rows, and a sample of each can be read."""
    if not critical:
        return Finding(Result.NONE_NAMED, "database.critical_tables names no table")
    if manifest is None:
        return _NO_BACKUP
    known = [table for table in manifest.tables if table.checksum]
    if not known:
        return Finding(Result.NONE_NAMED, f"{manifest.backup} holds none of database.critical_tables")
    counted = {f"{table.schema}.{table.name}": (table, _rows(session, (table.schema, table.name))) for table in known}
    faults = [fault for name, (table, rows) in counted.items() if (fault := _fault(name, table, rows))]
    if faults:
        return failed(f"{len(faults)} of {len(known)}, against {manifest.backup}: {some(faults)}")
    total = sum(rows or 0 for _, rows in counted.values())
    return passed(f"{len(known)} tables, about {total:,} rows, sampled; {sum(it.rows for it in known):,} at the backup")


def assertions_true(session: Connection, assertions: Sequence[str]) -> Finding:
    if not assertions:
        return Finding(Result.NONE_NAMED, "database.sql_assertions names no query")
    if faults := faults_of(session, assertions):
        return failed(f"{len(faults)} of {len(assertions)} are not: {some(faults)}")
    return passed(f"{len(assertions)} assertions")


def _fault(name: str, table: Table, rows: int | None) -> str:
    if rows is None:
        return f"{name} is missing"
    if rows < LEAST_SHARE * table.rows:
        return f"{name} has about {rows:,} rows, and had {table.rows:,}"
    return ""


def _rows(session: Connection, table: TableName) -> int | None:
    """About how many the table has, by reading a sample; exactly, where the sample is all of it.  None without one."""
    with session.cursor() as cursor:
        cursor.execute(_PAGES, table)
        found = cursor.fetchone()
        if found is None:
            return None
        percent = min(100.0, 100 * SAMPLED_PAGES / found[0]) if found[0] else 100.0
        cursor.execute(SQL(_SAMPLE).format(table=Identifier(*table), percent=Literal(percent)))
        [(rows, _read)] = cursor.fetchall()
    return round(int(rows) * 100 / percent)
