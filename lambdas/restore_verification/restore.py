"""A dump into an empty database: in parallel from a file where the disk has room for both, else as it streams."""

import collections
import contextlib
import itertools
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from postgresql_servers import SUPERUSER
from postgresql_tools import program
from psycopg2.sql import SQL, Identifier

from lambdas.restore_verification import order
from lambdas.restore_verification.choice import Choice
from lambdas.restore_verification.database import Locale, create_database
from lambdas.restore_verification.origin import HEAD, Origin
from lambdas.restore_verification.report import Difference, Report, report_on
from lambdas.restore_verification.sandbox import ENVIRONMENT
from lambdas.restore_verification.server import Server
from lambdas.restore_verification.workspace import free_bytes
from lambdas.shared import archive
from lambdas.vocabulary.backups import Manifest

DATABASE = "restored"
_BUFFER = 1 << 20
_SERVER_BYTES = 640 << 20
"""What the restore server itself needs on the disk: an empty database, and its log of changes."""

# Owners, grants, tablespaces and labels belong to the source's server and are no part of what is proven here.
_OPTIONS = ("--no-owner", "--no-acl", "--no-tablespaces", "--no-security-labels", "--no-password")
_ROLE = re.compile(r'^CREATE ROLE ("(?:[^"]|"")+"|[^\s;"]+)', re.MULTILINE)


@dataclass(frozen=True)
class Restored:
    report: Report
    how: str
    """How it was done, for people: the manner, and in what the restored database differs from the source's."""


@dataclass(frozen=True)
class Target:
    """Where a dump goes: an empty server, and a directory for files of the restore."""

    server: Server
    choice: Choice
    directory: Path
    processors: int


def fits_as_file(manifest: Manifest, directory: Path) -> bool:
    """Whether the disk has room for the decompressed dump beside the restored database and the sorts of its indexes."""
    needed = manifest.raw_bytes + manifest.database_bytes * 5 // 4 + _SERVER_BYTES
    return needed <= free_bytes(directory)


def save(raw: Iterable[bytes], directory: Path) -> Path:
    """Write the dump into a file, and return its path."""
    dump = directory / "dump.pgc"
    with dump.open("wb", buffering=_BUFFER) as file:
        file.writelines(raw)
    return dump


def restore_file(dump: Path, roles: str, target: Target) -> Restored:
    """Restore the decompressed `dump` in parallel: in two sessions at least, for then rows bypass the log.

    Sessions side by side can trip over an order that pg_dump did not write down, such as that of a domain's rows and
    its constraint that is NOT VALID; and they can be lucky (see `order`).  Either way one session alone decides.
    """
    sessions = max(target.processors, 2)
    _create_roles(target.server, roles)
    left_out = archive.remove(_unknown_clauses(target.server), dump)
    restored = _restore_file(dump, target, sessions, left_out)
    if restored.report.errors or _order_may_matter(target.server):
        restored = _restore_file(dump, target, 1, left_out)
    return restored


def restore_stream(raw: Iterator[bytes], roles: str, target: Target) -> Restored:
    """Restore the dump while it comes in; nothing of it touches the disk but what the server makes of it."""
    _create_roles(target.server, roles)
    pieces, left_out = archive.without(_unknown_clauses(target.server), raw)
    head = b""
    while len(head) < HEAD and (piece := next(pieces, b"")):
        head += piece
    locale = create_database(target.server, DATABASE, Origin.of(head))
    with _pg_restore(target, stdin=subprocess.PIPE) as process:
        _feed(process, itertools.chain([head], pieces))
        process.wait()
    return _restored(process, target, locale, ["as it streamed in", *_left_out(left_out)])


def _restored(process: "subprocess.Popen[bytes]", target: Target, locale: Locale, notes: Iterable[str]) -> Restored:
    difference = Difference(locale=not locale.is_exact, major=target.choice.reason is not None)
    with _messages(target).open(errors="replace") as messages:
        report = report_on(messages, process.returncode, difference)
    if report.errors:
        target.server.check_limits()
    stand_in = f"locale {locale.stand_in} standing in for the source's" if locale.stand_in else None
    return Restored(report, ", ".join(filter(None, [*notes, stand_in, target.choice.reason])))


def _unknown_clauses(server: Server) -> tuple[archive.Clause, ...]:
    with closing(server.connect("postgres")) as session:
        session.autocommit = True
        return archive.unknown_clauses(session)


def _left_out(clauses: Iterable[str]) -> Iterator[str]:
    return (f"without {clause}, which the restore server does not know and no data hangs on" for clause in clauses)


def _order_may_matter(server: Server) -> bool:
    with closing(server.connect(DATABASE)) as session:
        return order.may_matter(session)


def _restore_file(dump: Path, target: Target, sessions: int, left_out: Iterable[str]) -> Restored:
    with dump.open("rb") as file:
        locale = create_database(target.server, DATABASE, Origin.of(file.read(HEAD)))
    with _pg_restore(target, f"--jobs={sessions}", str(dump)) as process:
        process.wait()
    manner = f"from a file in {sessions} session{'s' if sessions > 1 else ''}"
    return _restored(process, target, locale, [manner, *_left_out(left_out)])


def _create_roles(server: Server, roles: str) -> None:
    """Policies and user mappings name roles; that they exist is enough."""
    with closing(server.connect("postgres")) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            for role in sorted({_unquoted(name) for name in _ROLE.findall(roles)} - {SUPERUSER}):
                cursor.execute(SQL("CREATE ROLE {} NOLOGIN").format(Identifier(role)))


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


@contextlib.contextmanager
def _pg_restore(
    target: Target, *arguments: str, stdin: int = subprocess.DEVNULL
) -> Iterator["subprocess.Popen[bytes]"]:
    address = [f"--host={target.server.host}", f"--username={SUPERUSER}", f"--dbname={DATABASE}"]
    with _messages(target).open("wb") as messages:
        process = subprocess.Popen(
            [str(program("pg_restore", target.server.major)), *_OPTIONS, *address, *arguments],
            env=ENVIRONMENT,
            bufsize=_BUFFER,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=messages,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _feed(process: "subprocess.Popen[bytes]", raw: Iterator[bytes]) -> None:
    """Write all to pg_restore; when it has given up, still read to the end, for only then the hash is known."""
    with contextlib.suppress(BrokenPipeError), cast(IO[bytes], process.stdin) as stdin:
        stdin.writelines(raw)
    collections.deque(raw, maxlen=0)


def _messages(target: Target) -> Path:
    return target.directory / "pg_restore.log"
