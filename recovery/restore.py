"""A backup into an empty database that somebody else runs: all of it or nothing."""

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Final, cast

from postgresql_tools import MAJORS, program
from psycopg2.extensions import make_dsn

from lambdas.restore_verification.findings import checksums_equal, tables_equal
from lambdas.restore_verification.objects import Backup
from lambdas.shared import archive
from lambdas.shared.postgres import Login, connect, password_file
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.table_contents import settle
from lambdas.vocabulary.backups import Manifest, Result
from recovery.errors import RecoveryError

APPLICATION = "junkos-recovery"
# Owners and grants belong to the source's server; the operator's login owns what it restores.
_OPTIONS = ("--single-transaction", "--no-owner", "--no-acl", "--no-tablespaces", "--no-password")
_NAMED_NOT_NULL: Final = 18
_NAME_TAKEN: Final = re.compile(r'constraint "(.+_not_null\d*)" for relation ".+" already exists')
_OWN_OBJECTS = """
SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""


def restore(backup: Backup, login: Login) -> list[str]:
    """Restore into the empty database at `login` in one transaction; returns what was compared, in numbers.

    Raises RecoveryError when the database is not empty, when pg_restore fails, and DamagedBackupError when the backup
    is not what its manifest says: the database is then as empty as before.  Raises RecoveryError, too, when it holds
    other rows afterwards than the source held.
    """
    target = _look_at(login)
    _refuse_unless_fit(backup.manifest, login, target)
    left_out = _run_pg_restore(backup, login, target)
    return [*(f"without {clause}, which this server does not know" for clause in left_out), *_compare(backup, login)]


@dataclass(frozen=True)
class _Target:
    """What the target said of itself."""

    version: str
    major: int
    own_objects: int
    unknown_clauses: tuple[archive.Clause, ...]


def _look_at(login: Login) -> _Target:
    with connect(login, application_name=APPLICATION) as session, session.cursor() as cursor:
        session.autocommit = True
        cursor.execute(_OWN_OBJECTS)
        (count,) = cursor.fetchone() or (0,)
        version = session.info.parameter_status("server_version") or ""
        return _Target(version, session.info.server_version // 10000, count, archive.unknown_clauses(session))


def _refuse_unless_fit(manifest: Manifest, login: Login, target: _Target) -> None:
    if target.own_objects:
        raise RecoveryError(
            f"{login.address} is not empty: it holds {target.own_objects} tables, indexes or sequences"
            " (restore into a new database)"
        )
    if target.major < manifest.major:
        raise RecoveryError(
            f"{login.address} is PostgreSQL {target.version}, and the backup was made by pg_dump {manifest.major}"
            f" (restore into a server of {manifest.major} or newer)"
        )


def _run_pg_restore(backup: Backup, login: Login, target: _Target) -> tuple[str, ...]:
    """Restore with the program of the target's version, or the nearest; returns the clauses that were taken out."""
    pieces, left_out = archive.without(target.unknown_clauses, backup.dump())
    with password_file(login) as (variables, descriptors):
        pg_restore = str(program("pg_restore", min(target.major, MAJORS[-1])))
        command = [pg_restore, *_OPTIONS, f"--dbname={make_dsn(**login.parameters)}"]
        with _running(command, variables, descriptors) as process:
            _feed(cast("IO[bytes]", process.stdin), pieces)
            _, message = process.communicate()
    if process.returncode:
        raise RecoveryError(
            f"pg_restore stopped, and nothing was restored: {_reason(message, backup.manifest, target)}"
        )
    return left_out


def _reason(message: bytes, manifest: Manifest, target: _Target) -> str:
    text = message.decode(errors="replace")
    reason = one_line(text)
    if manifest.major < _NAMED_NOT_NULL <= target.major and (name := _NAME_TAKEN.search(text)):
        reason += (
            f" (since {_NAMED_NOT_NULL}, NOT NULL of a column has a name, and the source gives this one to something"
            f" else: rename {name[1]} there and back up, or restore into {_NAMED_NOT_NULL - 1} and rename it there)"
        )
    return reason


def _feed(archive: IO[bytes], pieces: Iterator[bytes]) -> None:
    """Write all pieces, each when the next one is there.

    The iterator ends normally only when the whole dump is intact, and pg_restore cannot commit without the last piece:
    so nothing of a damaged dump is ever committed.
    """
    with contextlib.suppress(BrokenPipeError):  # pg_restore has given up, and says why
        held = b""
        for piece in pieces:
            archive.write(held)
            held = piece
        archive.write(held)


@contextlib.contextmanager
def _running(
    command: list[str], variables: Mapping[str, str], descriptors: tuple[int, ...]
) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C", **variables},  # ~/.pgpass is the operator's own
        pass_fds=descriptors,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _compare(backup: Backup, login: Login) -> list[str]:
    with connect(login, application_name=APPLICATION) as session:
        settle(session)
        findings = [tables_equal(session, backup.manifest), checksums_equal(session, backup.manifest)]
    if faults := [detail for result, detail in findings if result is not Result.PASSED]:
        raise RecoveryError(f"restored, but not what the source held: {'; '.join(faults)} (do not use it)")
    return [detail for _, detail in findings]
