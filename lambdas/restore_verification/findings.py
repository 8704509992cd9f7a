"""What is found in the restored database: numbers where all is well, and the names of what is not."""

from collections.abc import Collection, Sequence
from typing import Any

from lambdas.restore_verification.report import Report, commands_of
from lambdas.restore_verification.sequences import sequences
from lambdas.shared.connection import Connection
from lambdas.shared.restore.assertions import faults_of
from lambdas.shared.restore.finding import Finding, failed, failed_beyond, not_provable, passed, some
from lambdas.shared.restore.finish import Finished
from lambdas.shared.restore.lacking import Lacking
from lambdas.vocabulary.backups import Manifest, Result

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
        return failed(f"{len(report.errors)} errors: {some([str(failure) for failure in report.errors])}")
    if report.beyond_this_server:
        messages = [str(failure) for failure in report.beyond_this_server]
        return not_provable(f"beyond the restore server: {some(messages)}; restored {how}")
    return Finding(lacking.result, "; ".join(filter(None, [f"no errors; {how}", str(lacking)])))


def extensions_present(session: Connection, manifest: Manifest, report: Report, lacking: Lacking) -> Finding:
    present = {name for (name,) in _rows(session, "SELECT extname FROM pg_catalog.pg_extension")}
    available = {name for (name,) in _rows(session, "SELECT name FROM pg_catalog.pg_available_extensions")}
    wanted = [extension.name for extension in manifest.extensions]
    missing = [name for name in wanted if name not in present]
    if unavailable := [name for name in missing if name not in available]:
        accepted = "".join(f"; accepted: {acceptance}" for acceptance in lacking.accepted)
        return Finding(lacking.result, f"the restore server has no extension {some(unavailable)}{accepted}")
    if missing:
        return failed_beyond(report.affected, f"missing: {some(missing)}", missing)
    return passed(f"{len(wanted)} extensions")


def constraints_valid(session: Connection, report: Report, finished: Finished) -> Finding:
    """A constraint that the source never validated is restored as such; pg_restore validates every other one."""
    [(count, foreign, never_validated)] = _rows(session, _CONSTRAINTS)
    if lost := _lost(report, " ADD CONSTRAINT ", "could not be restored"):
        return lost
    text = f"{count} constraints, {foreign} of them foreign keys"
    if at_the_source := never_validated - len(finished.not_valid):
        text += f"; {at_the_source} NOT VALID, as at the source"
    if finished.not_valid:
        text += f"; NOT VALID, as rows that they refer to are left out: {some(finished.not_valid)}"
    if finished.not_made:
        text += f"; not made, for the same reason: {some(finished.not_made)}"
    return passed(text)


def indexes_valid(session: Connection, report: Report) -> Finding:
    [(count, invalid)] = _rows(session, _INDEXES)
    return _lost(report, " INDEX ", "are missing or invalid", invalid) or passed(f"{count} indexes")


def sequences_ahead(session: Connection, manifest: Manifest, report: Report) -> Finding:
    """A sequence that is behind its column at the source is so in an exact copy, too."""
    found = sequences(session, manifest.sequences)
    if found.changed:
        text = f"{len(found.changed)} of {found.count} are not as at the source: {some(found.changed.values())}"
        return failed_beyond(report.affected, text, found.changed)
    if found.behind and manifest.sequences is None:
        return failed(
            f"{len(found.behind)} of {found.count} are behind: {some(found.behind.values())}"
            " (set them with setval, here and at the source)"
        )
    behind = f"; behind their columns, as there: {some(found.behind.values())}" if found.behind else ""
    return passed(f"{found.count} sequences as at the source{behind}")


def assertions_true(
    session: Connection, assertions: Sequence[str], report: Report, *, in_part: bool = False
) -> Finding:
    """The settings' own queries, each in a read-only transaction that sees the schema `public`."""
    if not assertions:
        return Finding(Result.NONE_NAMED, "database.sql_assertions names no query")
    if faults := faults_of(session, assertions):
        text = f"{len(faults)} of {len(assertions)} are not: {some(faults)}"
        if in_part and report.is_whole:
            return Finding(Result.IN_PART, f"{text} (they may read rows that were not restored this time)")
        return failed(text) if report.is_whole else not_provable(text)  # nobody knows what one reads
    return passed(f"{len(assertions)} assertions")


def _rows(session: Connection, query: str) -> list[tuple[Any, ...]]:
    with session.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def _lost(report: Report, kind: str, how: str, others: Collection[str] = ()) -> Finding | None:
    """What became of commands of a kind, such as ADD CONSTRAINT; None when all went well."""
    lost, beyond = [*commands_of(report.errors, kind), *others], commands_of(report.beyond_this_server, kind)
    if not lost and not beyond:
        return None
    text = f"{len(lost) + len(beyond)} {how}: {some([*lost, *beyond])}"
    return failed(text) if lost else not_provable(text)
