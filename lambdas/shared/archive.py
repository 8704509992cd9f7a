"""What an archive of pg_dump says that an older server does not know, and that no data hangs on.

A minor version of PostgreSQL may write such a clause, and a server of an earlier minor version refuses it with all of
the table's definition.  The archive in the bucket stays what pg_dump wrote; on its way to a server that does not know
them, these clauses become spaces.  So nothing in the archive moves, and no size in it changes.
"""

import itertools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from psycopg2.errors import InvalidParameterValue

from lambdas.shared.archive_contents import NotAnArchiveError, entries
from lambdas.shared.connection import Connection


@dataclass(frozen=True)
class Clause:
    """An option that pg_dump writes for columns: `ALTER TABLE … ALTER COLUMN … SET (<option>=…)`."""

    option: str

    @property
    def name(self) -> str:
        """For people."""
        return f"column option {self.option}"

    @property
    def probe(self) -> str:
        """What fails with `unrecognized parameter` at a server that does not know the clause."""
        return f"ALTER TABLE pg_temp.probe ALTER COLUMN a SET ({self.option} = 1)"


CLAUSES: Final = (Clause("pg_attver"),)
"""Those that are known to hold no data.  What is not listed here and not known to a server fails its restore."""

_IDENTIFIER: Final = rb'(?:"(?:[^"]|"")+"|[^\s"(;]+)'
_SETTING: Final = re.compile(
    rb"^ALTER (?:FOREIGN )?TABLE ONLY %b(?:\.%b)? ALTER COLUMN %b SET \((.+)\);$" % ((_IDENTIFIER,) * 3), re.MULTILINE
)
_TABLES: Final = ("TABLE", "FOREIGN TABLE", "MATERIALIZED VIEW")
_PIECE: Final = 1 << 20


def unknown_clauses(session: Connection) -> tuple[Clause, ...]:
    """The clauses that the server does not know; the session is in autocommit mode.  What this does is rolled back."""
    return tuple(clause for clause in CLAUSES if not _knows(session, clause))


def without(clauses: Collection[Clause], pieces: Iterator[bytes]) -> tuple[Iterator[bytes], tuple[str, ...]]:
    """The same archive without these clauses, and the names of those that were there."""
    head, removed = _edited_head(clauses, pieces)
    return itertools.chain([bytes(head)], pieces), removed


def remove(clauses: Collection[Clause], archive: Path) -> tuple[str, ...]:
    """Take these clauses out of a file, and return the names of those that were there."""
    with archive.open("r+b") as file:
        head, removed = _edited_head(clauses, iter(lambda: file.read(_PIECE), b""))
        if removed:
            file.seek(0)
            file.write(head)
    return removed


def _knows(session: Connection, clause: Clause) -> bool:
    with session.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute("CREATE TEMP TABLE probe (a integer)")
            cursor.execute(clause.probe)
        except InvalidParameterValue:
            return False
        finally:
            cursor.execute("ROLLBACK")
    return True


def _edited_head(clauses: Collection[Clause], pieces: Iterator[bytes]) -> tuple[bytearray, tuple[str, ...]]:
    head, found = bytearray(), set()
    if clauses:
        for definition in _definitions_of_tables(head, pieces):
            for setting in _SETTING.finditer(bytes(head[definition])):
                options = setting[1].split(b", ")
                unknown = {clause for clause in clauses for option in options if _is(option, clause)}
                if unknown:
                    found |= unknown
                    kept = b", ".join(option for option in options if not any(_is(option, each) for each in unknown))
                    start = definition.start + setting.start()
                    head[start : start + len(setting[0])] = _rewritten(setting, kept)
    return head, tuple(sorted(clause.name for clause in found))


def _definitions_of_tables(head: bytearray, pieces: Iterator[bytes]) -> Iterator[slice]:
    """Where they are in `head`; what is no archive, or ends too soon, has none: that is for pg_restore to say."""
    try:
        yield from (entry.place for entry in entries(head, pieces) if entry.kind in _TABLES)
    except NotAnArchiveError:
        return


def _is(option: bytes, clause: Clause) -> bool:
    return option.partition(b"=")[0] == clause.option.encode()


def _rewritten(setting: re.Match[bytes], options: bytes) -> bytes:
    """The statement with these options alone, or nothing when there are none, in the same number of bytes."""
    statement = setting[0][: setting.start(1) - setting.start()] + options + b");" if options else b""
    return statement.ljust(len(setting[0]))
