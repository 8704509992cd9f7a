"""The dump itself: pg_dump's output, compressed as it comes."""

import contextlib
import fcntl
from collections.abc import Iterator, Sequence
from typing import IO

import zstandard

from lambdas.database_backup.tools import Tool, running
from lambdas.shared.postgres import Login
from lambdas.shared.table_contents import TableName

# Seconds for each lock.  The tables are locked before pg_dump starts: what it still waits for is wanted by somebody who
# waits for this very run, and would wait with it.
LOCK_WAIT = 2
_PIPE = 2**20  # bytes; Linux's largest without privileges, for fewer turns between the two processes


@contextlib.contextmanager
def pg_dump(
    login: Login,
    major: int,
    snapshot: str,
    encoding: str,
    without_rows: Sequence[TableName],
    *,
    excluded_schemas: Sequence[str] = (),
) -> Iterator[Tool]:
    """Start a dump of what `snapshot` saw: custom format, not compressed, in the database's own `encoding`.

    A role or a URL may ask for another one, which not every letter exists in.

    Methods of TOAST compression are left out: no content hangs on them, and a server built without lz4 could not
    restore the tables that ask for it.  All identifiers are quoted: a name may be a keyword of a newer major version.
    """
    arguments = [
        "--format=custom",
        "--compress=0",
        "--no-toast-compression",
        f"--encoding={encoding}",
        "--quote-all-identifiers",
        f"--snapshot={snapshot}",
        f"--lock-wait-timeout={LOCK_WAIT}s",
        *(f"--exclude-table-data={pattern(table)}" for table in without_rows),
        *(f"--exclude-schema={pattern((schema,))}" for schema in excluded_schemas),
    ]
    with running("pg_dump", major, arguments, login) as tool:
        fcntl.fcntl(tool.output, fcntl.F_SETPIPE_SZ, _PIPE)
        yield tool


class Compressed:
    """Iterates over a stream's zstandard-compressed parts of `size` bytes; the last one may be smaller."""

    def __init__(self, stream: IO[bytes], level: int, size: int) -> None:
        self.raw_bytes = 0
        self._stream = stream
        self._chunker = zstandard.ZstdCompressor(level, write_checksum=True).chunker(chunk_size=size)

    def __iter__(self) -> Iterator[bytes]:
        while block := self._stream.read(_PIPE):
            self.raw_bytes += len(block)
            yield from self._chunker.compress(block)
        yield from self._chunker.finish()  # type: ignore[no-untyped-call]  # its stub lacks the type


def pattern(names: Sequence[str]) -> str:
    """The name as a pattern of pg_dump that fits nothing else: within quotes, wildcards are ordinary letters."""
    return ".".join('"{}"'.format(part.replace('"', '""')) for part in names)
