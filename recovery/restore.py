"""A backup into an empty database that somebody else runs: all of it or nothing."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from typing import IO, cast

from postgresql_tools import BIN
from psycopg2.extensions import make_dsn

from lambdas.restore_verification.findings import checksums_equal, tables_equal
from lambdas.restore_verification.objects import Backup
from lambdas.shared.postgres import Login, connect, password_file
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.table_contents import settle
from lambdas.vocabulary.backups import UNPROVEN
from lambdas.vocabulary.names import session_name
from recovery.errors import RecoveryError

APPLICATION = session_name("recovery")
# Owners and grants belong to the source's server; the operator's login owns what it restores.
_OPTIONS = ("--single-transaction", "--no-owner", "--no-acl", "--no-tablespaces", "--no-password")
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
    _refuse_unless_empty(login)
    _run_pg_restore(backup, login)
    return _compare(backup, login)


def _refuse_unless_empty(login: Login) -> None:
    with connect(login, application_name=APPLICATION) as session, session.cursor() as cursor:
        cursor.execute(_OWN_OBJECTS)
        (count,) = cursor.fetchone() or (0,)
    if count:
        raise RecoveryError(
            f"{login.address} is not empty: it holds {count} tables, indexes or sequences (restore into a new database)"
        )


def _run_pg_restore(backup: Backup, login: Login) -> None:
    target = login.to(application_name=APPLICATION).parameters
    with password_file(login) as (variables, descriptors):
        command = [str(BIN / "pg_restore"), *_OPTIONS, f"--dbname={make_dsn(**target)}"]
        with _running(command, variables, descriptors) as process:
            _feed(cast("IO[bytes]", process.stdin), backup.dump())
            _, message = process.communicate()
    if process.returncode:
        reason = one_line(message.decode(errors="replace"))
        raise RecoveryError(f"pg_restore stopped, and nothing was restored: {reason}")


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
    if faults := [detail for result, detail in findings if result in UNPROVEN]:
        raise RecoveryError(f"restored, but not what the source held: {'; '.join(faults)} (do not use it)")
    return [detail for _, detail in findings]
