"""A dump into an empty database: in parallel from a file where the disk has room for both, else as it streams."""

import collections
import contextlib
import itertools
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import psycopg2
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
from lambdas.shared.archive_contents import Contents
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.quantities import counted
from lambdas.shared.restore.database_settings import apply, settings_of
from lambdas.shared.restore.finish import Finished, finish
from lambdas.shared.restore.plan import Plan, unquoted
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
    plan: Plan = field(default_factory=Plan)
    finished: Finished = field(default_factory=Finished)


@dataclass(frozen=True)
class Target:
    """Where a dump goes: an empty server, and a directory for files of the restore."""

    server: Server
    choice: Choice
    directory: Path
    processors: int


def room_for_database(directory: Path) -> int:
    """The bytes of a database that the disk can hold at most."""
    return max(free_bytes(directory) - _SERVER_BYTES, 0)


def fits_as_file(manifest: Manifest, directory: Path) -> bool:
    """Whether the disk has room for the decompressed dump beside the restored database and the sorts of its indexes."""
    return manifest.raw_bytes + manifest.database_bytes * 5 // 4 <= room_for_database(directory)


def save(raw: Iterable[bytes], directory: Path) -> Path:
    """Write the dump into a file, and return its path."""
    dump = directory / "dump.pgc"
    with dump.open("wb", buffering=_BUFFER) as file:
        file.writelines(raw)
    return dump


def restore_file(dump: Path, roles: str, manifest: Manifest, target: Target) -> Restored:
    """Restore the decompressed `dump` in parallel: in two sessions at least, for then rows bypass the log.

    Sessions side by side can trip over an order that pg_dump did not write down, such as that of a domain's rows and
    its constraint that is NOT VALID; and they can be lucky (see `order`).  Either way one session alone decides.
    """
    sessions = max(target.processors, 2)
    _create_roles(target.server, roles)
    left_out = archive.remove(_unknown_clauses(target.server), dump)
    with dump.open("rb") as file:
        plan = _plan(Contents.of(iter(lambda: file.read(_BUFFER), b"")), manifest, target.server)
    restored = _restore_file(dump, plan, target, sessions, left_out)
    if restored.report.errors or _order_may_matter(target.server):
        restored = _restore_file(dump, plan, target, 1, left_out)
    return restored


def restore_stream(raw: Iterator[bytes], roles: str, manifest: Manifest, target: Target) -> Restored:
    """Restore the dump while it comes in; nothing of it touches the disk but what the server makes of it."""
    pieces, left_out = archive.without(_unknown_clauses(target.server), raw)
    head: list[bytes] = []
    contents = Contents.of(_recorded(pieces, head))
    while sum(map(len, head)) < HEAD and (piece := next(pieces, b"")):
        head.append(piece)
    _create_roles(target.server, roles)
    plan = _plan(contents, manifest, target.server)
    origin = Origin.of(b"".join(head)[:HEAD])
    everything = itertools.chain(head, pieces)
    notes = ["as it streamed in", *_left_out(left_out)]
    return _restore(target, plan, origin, notes, lambda process: _feed(process, everything), stdin=subprocess.PIPE)


def _report(process: "subprocess.Popen[bytes]", target: Target, locale: Locale) -> Report:
    difference = Difference(locale=not locale.is_exact, major=target.choice.reason is not None)
    with _messages(target).open(errors="replace") as messages:
        report = report_on(messages, process.returncode, difference)
    if report.errors:
        target.server.check_limits()
    return report


def _unknown_clauses(server: Server) -> tuple[archive.Clause, ...]:
    with closing(server.connect("postgres")) as session:
        session.autocommit = True
        return archive.unknown_clauses(session)


def _left_out(clauses: Iterable[str]) -> Iterator[str]:
    return (f"without {clause}, which the restore server does not know and no data hangs on" for clause in clauses)


def _order_may_matter(server: Server) -> bool:
    with closing(server.connect(DATABASE)) as session:
        return order.may_matter(session)


def _restore_file(dump: Path, plan: Plan, target: Target, sessions: int, left_out: Iterable[str]) -> Restored:
    with dump.open("rb") as file:
        origin = Origin.of(file.read(HEAD))
    manner = f"from a file in {counted(sessions, 'session')}"
    notes = [manner, *_left_out(left_out)]
    return _restore(target, plan, origin, notes, lambda _: None, f"--jobs={sessions}", str(dump))


def _restore(
    target: Target,
    plan: Plan,
    origin: Origin,
    notes: Iterable[str],
    feed: Callable[["subprocess.Popen[bytes]"], None],
    *arguments: str,
    stdin: int = subprocess.DEVNULL,
) -> Restored:
    locale = create_database(target.server, DATABASE, origin)
    settings, refused = _prepare(target.server, plan)
    with _pg_restore(target, plan, *arguments, stdin=stdin) as process:
        feed(process)
        process.wait()
    report = _report(process, target, locale).and_beyond(refused)
    finished, report = _finish(target.server, plan, report)
    stand_in = f"locale {locale.stand_in} standing in for the source's" if locale.stand_in else None
    under = f"under {settings} settings of the database" if settings else None
    return Restored(report, ", ".join(filter(None, [*notes, stand_in, under, target.choice.reason])), plan, finished)


def _plan(contents: Contents, manifest: Manifest, server: Server) -> Plan:
    with closing(server.connect("postgres")) as session, session.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_catalog.pg_available_extensions")
        available = {name for (name,) in cursor}
    return Plan.of(contents, manifest, extensions=available, schemas=())


def _prepare(server: Server, plan: Plan) -> tuple[int, list[str]]:
    """Put the source's settings in force, for what is restored may hang on them; returns how many, and the refused."""
    with closing(server.connect(DATABASE)) as session:
        session.autocommit = True
        for schema in plan.schemas_to_make:
            session.cursor().execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
        wanted = [setting for setting in settings_of(plan.contents) if not setting.is_of_sessions]
        refused = apply(session, DATABASE, wanted)
    return len(wanted) - len(refused), list(map(str, refused))


def _finish(server: Server, plan: Plan, report: Report) -> tuple[Finished, Report]:
    if not plan.delayed:
        return Finished(), report
    with closing(server.connect(DATABASE)) as session:
        try:
            return finish(session, plan), report
        except psycopg2.Error as error:
            if session.closed:
                raise
            return Finished(), report.and_error(one_line(str(error)))


def _recorded(pieces: Iterator[bytes], seen: list[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        seen.append(piece)
        yield piece


def _create_roles(server: Server, roles: str) -> None:
    """Policies and user mappings name roles; that they exist is enough."""
    with closing(server.connect("postgres")) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            for role in sorted({unquoted(name) for name in _ROLE.findall(roles)} - {SUPERUSER}):
                cursor.execute(SQL("CREATE ROLE {} NOLOGIN").format(Identifier(role)))


@contextlib.contextmanager
def _pg_restore(
    target: Target, plan: Plan, *arguments: str, stdin: int = subprocess.DEVNULL
) -> Iterator["subprocess.Popen[bytes]"]:
    address = [f"--host={target.server.host}", f"--username={SUPERUSER}", f"--dbname={DATABASE}"]
    if (chosen := plan.list_for_pg_restore) is not None:
        listing = target.directory / "pg_restore.list"
        listing.write_text(chosen)
        address.append(f"--use-list={listing}")
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
