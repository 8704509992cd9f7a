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

from postgresql_tools import BIN, SUPERUSER
from psycopg2.sql import SQL, Identifier

from lambdas.restore_verification import order
from lambdas.restore_verification.database import create_database
from lambdas.restore_verification.origin import HEAD, Origin
from lambdas.restore_verification.report import Report, report_on
from lambdas.restore_verification.sandbox import ENVIRONMENT
from lambdas.restore_verification.server import Server
from lambdas.restore_verification.workspace import free_bytes
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
    stand_in_locale: str | None
    """What stood in for the source's locale, when this machine has not got it."""
    manner: str

    @property
    def how(self) -> str:
        """How it was done, for people."""
        stood_in = f", locale {self.stand_in_locale} standing in for the source's" if self.stand_in_locale else ""
        return f"no errors; {self.manner}{stood_in}"


@dataclass(frozen=True)
class Target:
    """Where a dump goes: an empty server, and a directory for files of the restore."""

    server: Server
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
    restored = _restore_file(dump, target, sessions)
    if restored.report.errors or _order_may_matter(target.server):
        restored = _restore_file(dump, target, 1)
    return restored


def restore_stream(raw: Iterator[bytes], roles: str, target: Target) -> Restored:
    """Restore the dump while it comes in; nothing of it touches the disk but what the server makes of it."""
    head = b""
    while len(head) < HEAD and (piece := next(raw, b"")):
        head += piece
    _create_roles(target.server, roles)
    stand_in = create_database(target.server, DATABASE, Origin.of(head))
    with _pg_restore(target, stdin=subprocess.PIPE) as process:
        _feed(process, itertools.chain([head], raw))
        process.wait()
    return Restored(_report(process, target, stand_in), stand_in, "as it streamed in")


def _order_may_matter(server: Server) -> bool:
    with closing(server.connect(DATABASE)) as session:
        return order.may_matter(session)


def _restore_file(dump: Path, target: Target, sessions: int) -> Restored:
    with dump.open("rb") as file:
        stand_in = create_database(target.server, DATABASE, Origin.of(file.read(HEAD)))
    with _pg_restore(target, f"--jobs={sessions}", str(dump)) as process:
        process.wait()
    manner = f"from a file in {sessions} session{'s' if sessions > 1 else ''}"
    return Restored(_report(process, target, stand_in), stand_in, manner)


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
            [str(BIN / "pg_restore"), *_OPTIONS, *address, *arguments],
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


def _report(process: "subprocess.Popen[bytes]", target: Target, stand_in: str | None) -> Report:
    with _messages(target).open(errors="replace") as messages:
        report = report_on(messages, process.returncode, stand_in_locale=stand_in is not None)
    if report.errors:
        target.server.check_limits()
    return report


def _messages(target: Target) -> Path:
    return target.directory / "pg_restore.log"
