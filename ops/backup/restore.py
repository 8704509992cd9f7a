"""A backup into an empty database that somebody else runs: all of it, or nothing that looks whole."""

import collections
import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Final, cast

import psycopg2
from postgresql_tools import MAJORS, program
from psycopg2.extensions import make_dsn

from lambdas.shared import archive
from lambdas.shared.archive_contents import Contents
from lambdas.shared.postgres import Login, connect, password_file
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.restore.comparison import checksums_equal, tables_equal
from lambdas.shared.restore.errors import DamagedBackupError
from lambdas.shared.restore.finish import finish, unforced
from lambdas.shared.restore.lacking import Lacking, not_restored
from lambdas.shared.restore.objects import Backup
from lambdas.shared.restore.plan import Plan
from lambdas.shared.table_contents import apply_session_settings
from lambdas.vocabulary.backups import Manifest, Result
from ops.backup.needs import locks_needed, roles_needed
from ops.backup.prepare import Preparation, Prepared
from ops.backup.target import REMEDIES, UNFINISHED, Target, application_of, mark_unfinished, tables_hidden, unmark
from ops.errors import OpsError

# Owners and grants belong to the source's server; the operator's login owns what it restores.
_OPTIONS = ("--no-owner", "--no-acl", "--no-tablespaces", "--no-password")
_IN_ONE_TRANSACTION, _IN_MANY = "--single-transaction", "--exit-on-error"
_NO_ROOM_FOR_LOCKS = "max_locks_per_transaction"
_NAMED_NOT_NULL: Final = 18
_NAME_TAKEN: Final = re.compile(r'constraint "(.+_not_null\d*)" for relation ".+" already exists')


class NoRoomForLocksError(OpsError):
    """The server could not hold the locks of one transaction; nothing was restored."""


@dataclass
class Restored:
    """What was done and compared, in numbers, and what the target does not hold, with the reasons."""

    done: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def restore(backup: Backup, login: Login, *, create_roles: bool = False, leave_out: bool = False) -> Restored:
    """Restore into the empty database at `login`, in one transaction where the server has room for its locks.

    Where it has not, the backup is read whole before anything is written, and a schema marks the database until all is
    restored and compared.

    Raises OpsError before anything is written when the database is not empty, or lacks roles (`create_roles` makes
    them), extensions or schemas (`leave_out` does without what needs them); and DamagedBackupError when the backup is
    not what its manifest says: the database is then as empty as before.  When pg_restore fails or other rows are there
    than the source held, the OpsError says what the database holds.
    """
    target = Target.at(login)
    _refuse_an_older_server(backup.manifest, login, target)
    plan = Plan.of(
        Contents.of(backup.dump()),
        backup.manifest,
        extensions=target.extensions,
        schemas=target.schemas,
        bound_by_policies=not target.passes_policies,
    )
    roles = tuple(sorted(roles_needed(plan) - target.roles))
    _refuse_what_lacks(login, plan, () if create_roles else roles, leave_out=leave_out)
    preparation = Preparation(login, target, plan, roles)
    restored = Restored(left_out=[str(each) for each in backup.manifest.left_out])
    prepared = _restore(backup, preparation, restored)
    restored.left_out += prepared.refused
    _finish(backup, preparation, prepared, restored)
    return restored


def _refuse_an_older_server(manifest: Manifest, login: Login, target: Target) -> None:
    if target.major < manifest.major:
        raise OpsError(
            f"{login.address} is PostgreSQL {target.version}, and the backup was made by pg_dump {manifest.major}"
            f" (restore into a server of {manifest.major} or newer)"
        )


def _refuse_what_lacks(login: Login, plan: Plan, roles: tuple[str, ...], *, leave_out: bool) -> None:
    faults = []
    if roles:
        faults.append(
            f"lacks role {', '.join(roles)}, which policies or user mappings name (add --create-roles, which makes them"
            " without login, or make them)"
        )
    if plan.omissions and not leave_out:
        lacking = ", ".join(f"{each.lacking}, which {len(each.names)} objects need" for each in plan.omissions)
        faults.append(f"lacks {lacking} (make it there, or add --leave-out to restore all but what needs it)")
    if faults:
        raise OpsError(f"{login.address} {'; it '.join(faults)}; nothing was written")


def _restore(backup: Backup, preparation: Preparation, restored: Restored) -> Prepared:
    needed, room = locks_needed(preparation.plan.contents), preparation.target.lock_slots
    if needed <= room:
        with contextlib.suppress(NoRoomForLocksError):
            prepared = _restore_at_once(backup, preparation)
            restored.done.append("in one transaction")
            return prepared
    prepared = _restore_in_steps(backup, preparation)
    restored.done.append(f"in many transactions: one takes about {needed} locks, the server has room for {room}")
    return prepared


def _restore_at_once(backup: Backup, preparation: Preparation) -> Prepared:
    with contextlib.ExitStack() as undo:
        if preparation.plan.delayed:
            mark_unfinished(preparation.login, backup.manifest.backup)
            undo.callback(unmark, preparation.login)
        prepared = preparation.before(undo.callback)
        prepared.refused.extend(_run_pg_restore(backup, preparation, prepared.options, _IN_ONE_TRANSACTION))
        undo.pop_all()
    return prepared


def _restore_in_steps(backup: Backup, preparation: Preparation) -> Prepared:
    collections.deque(backup.dump(), maxlen=0)  # nothing of a damaged one is written
    with contextlib.ExitStack() as undo:
        mark_unfinished(preparation.login, backup.manifest.backup)
        undo.callback(unmark, preparation.login)
        prepared = preparation.before(undo.callback)
        undo.pop_all()
    try:
        prepared.refused.extend(_run_pg_restore(backup, preparation, prepared.options, _IN_MANY))
    except (OpsError, DamagedBackupError) as error:
        raise _unfinished(preparation.login, str(error)) from error
    return prepared


def _finish(backup: Backup, preparation: Preparation, prepared: Prepared, restored: Restored) -> None:
    """Make what pg_restore could not, compare, and only then let the database pass for a whole one."""
    login, plan = preparation.login, preparation.plan
    with connect(_with_options(login, prepared.options), application_name=application_of(login)) as session:
        try:
            finished = finish(session, plan)
        except psycopg2.Error as error:
            raise _unfinished(login, f"restored but for {len(plan.delayed)} objects: {one_line(str(error))}") from error
    restored.left_out += map(str, not_restored(plan, finished))
    restored.done += _compare(backup, login, plan)
    unmark(login)
    restored.left_out += preparation.after()


def _unfinished(login: Login, reason: str) -> OpsError:
    return OpsError(
        f"{reason}; {login.address} holds a part of the backup, as its schema {UNFINISHED} says"
        " (drop the database and make it anew)"
    )


def _with_options(login: Login, options: str) -> Login:
    return login.to(options=" ".join(filter(None, [login.parameters.get("options"), options])))


def _run_pg_restore(backup: Backup, preparation: Preparation, options: str, how: str) -> list[str]:
    """Restore with the program of the target's version, or the nearest; returns the clauses that were taken out."""
    login, target, chosen = preparation.login, preparation.target, preparation.plan.list_for_pg_restore
    pieces, left_out = archive.without(target.unknown_clauses, backup.dump())
    pg_restore = str(program("pg_restore", min(target.major, MAJORS[-1])))
    # Others can read a command line, so the options go by the environment.
    named = login.to(application_name=application_of(login)).parameters
    address = {name: value for name, value in named.items() if name != "options"}
    in_force = {"PGOPTIONS": together} if (together := _with_options(login, options).parameters["options"]) else {}
    with password_file(login) as (variables, descriptors), tempfile.NamedTemporaryFile("w") as listing:
        command = [pg_restore, *_OPTIONS, how, f"--dbname={make_dsn(**address)}"]
        if chosen is not None:
            listing.write(chosen)
            listing.flush()
            command.append(f"--use-list={listing.name}")
        with _running(command, {**variables, **in_force}, descriptors) as process:
            _feed(cast("IO[bytes]", process.stdin), pieces)
            _, message = process.communicate()
    if process.returncode:
        raise _failure(message.decode(errors="replace"), how, backup.manifest, target)
    return [f"{clause}, which this server does not know and no data hangs on" for clause in left_out]


def _failure(message: str, how: str, manifest: Manifest, target: Target) -> OpsError:
    reason = one_line(message, remedies=REMEDIES)
    if manifest.major < _NAMED_NOT_NULL <= target.major and (name := _NAME_TAKEN.search(message)):
        reason += (
            f" (since {_NAMED_NOT_NULL}, NOT NULL of a column has a name, and the source gives this one to something"
            f" else: rename {name[1]} there and back up, or restore into {_NAMED_NOT_NULL - 1} and rename it there)"
        )
    if how == _IN_MANY:
        return OpsError(f"pg_restore stopped: {reason}")
    kind = NoRoomForLocksError if _NO_ROOM_FOR_LOCKS in message else OpsError
    return kind(f"pg_restore stopped, and nothing was restored: {reason}")


def _feed(stdin: IO[bytes], pieces: Iterator[bytes]) -> None:
    """Write all pieces, each when the next one is there.

    The iterator ends normally only when the whole dump is intact, and pg_restore cannot commit without the last piece:
    so nothing of a damaged dump is ever committed in one transaction.
    """
    with contextlib.suppress(BrokenPipeError):  # pg_restore has given up, and says why
        held = b""
        for piece in pieces:
            stdin.write(held)
            held = piece
        stdin.write(held)


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


def _compare(backup: Backup, login: Login, plan: Plan) -> list[str]:
    lacking = Lacking.of(plan, ())
    with connect(login, application_name=application_of(login)) as session:
        apply_session_settings(session)
        with unforced(session, tables_hidden(session)):  # and nothing of it is committed
            findings = [
                tables_equal(session, backup.manifest, lacking=lacking),
                checksums_equal(session, backup.manifest, lacking=lacking),
            ]
    if faults := [finding.detail for finding in findings if finding.result is Result.FAILED]:
        raise OpsError(f"restored, but not what the source held: {'; '.join(faults)} (do not use it)")
    return [finding.detail for finding in findings if finding.result is not Result.NONE_NAMED]
