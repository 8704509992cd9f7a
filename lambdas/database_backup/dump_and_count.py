"""The dump on its way to the bucket, while the same snapshot's rows are counted."""

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lambdas.database_backup.contents import Scope, count_and_hash_tables, spans
from lambdas.database_backup.dump import Compressed, pg_dump
from lambdas.database_backup.errors import BackupInterruptedError, OutOfTimeError
from lambdas.database_backup.lock_watch import LockWatch
from lambdas.database_backup.roles import dump_roles
from lambdas.database_backup.source import check_connection
from lambdas.database_backup.tools import Tool, stopped_at
from lambdas.database_backup.upload import PIECE_SIZE, Upload, put
from lambdas.shared.clock import Deadline
from lambdas.shared.connection import Connection
from lambdas.shared.hang_up import hang_up
from lambdas.shared.postgres import Login
from lambdas.shared.sequences import next_values
from lambdas.vocabulary.backups import DUMP, ROLES, Sequence, StoredObject, Table


@dataclass(frozen=True)
class Dumped:
    """What the dump carried, and what lies in the bucket of it."""

    raw_bytes: int
    objects: dict[str, StoredObject]
    tables: tuple[Table, ...]
    sequences: tuple[Sequence, ...]


def dump_and_count(
    s3: Any,
    bucket: str,
    prefix: str,
    *,
    session: Connection,
    login: Login,
    major: int,
    snapshot: str,
    encoding: str,
    scope: Scope,
    level: int,
    work: Deadline,
) -> Dumped:
    """Put dump and roles at `prefix`.  Every process and thread that it starts has ended when it returns or raises.

    The upload is completed only after pg_dump ended well: a dump that died has a head that looks like one.
    """
    before = next_values(session, excluded_schemas=scope.excluded_schemas)
    with (
        pg_dump(
            login, major, snapshot, encoding, sorted(scope.without_rows), excluded_schemas=scope.excluded_schemas
        ) as tool,
        stopped_at(work, tool),
        Upload(s3, bucket, prefix + DUMP, work) as upload,
        _alongside(session, lambda: count_and_hash_tables(session, scope), tool.stop) as stock,
    ):
        raw_bytes = _send(tool, upload, stock, login, level=level, work=work)
        roles = dump_roles(login, major, level, work)
        tables = _in_time(stock, work)
        check_connection(session)
        sequences = spans(before, next_values(session, excluded_schemas=scope.excluded_schemas))
        objects = {DUMP: upload.complete(), ROLES: put(s3, bucket, prefix + ROLES, roles)}
    return Dumped(raw_bytes, objects, tables, sequences)


def _send(
    tool: Tool, upload: Upload, stock: Future[tuple[Table, ...]], login: Login, *, level: int, work: Deadline
) -> int:
    """The bytes that pg_dump wrote; raises the reason for which this run stopped it, if it did."""
    dump = Compressed(tool.output, level, PIECE_SIZE)
    with LockWatch(login, lambda: dump.raw_bytes, tool.stop) as watch:
        try:
            for part in dump:
                upload.send(part)
            tool.finish()
        except BackupInterruptedError:
            if stock.done():
                stock.result()
            if watch.failure:
                raise watch.failure from None
            if work.remaining <= 0:
                raise OutOfTimeError(f"pg_dump had written {dump.raw_bytes} bytes when time ran out") from None
            raise
    return dump.raw_bytes


def _in_time(stock: Future[tuple[Table, ...]], work: Deadline) -> tuple[Table, ...]:
    try:
        return stock.result(max(work.remaining, 0))
    except TimeoutError:
        raise OutOfTimeError("the tables' rows were still being counted when time ran out") from None


@contextlib.contextmanager
def _alongside(
    session: Connection, count: Callable[[], tuple[Table, ...]], on_failure: Callable[[], None]
) -> Iterator[Future[tuple[Table, ...]]]:
    with ThreadPoolExecutor(1, thread_name_prefix="count") as thread:
        counting = thread.submit(count)
        counting.add_done_callback(lambda done: on_failure() if done.exception() else None)
        try:
            yield counting
        finally:
            if not counting.done():
                hang_up(session)
