"""The table of contents of an archive that pg_dump wrote in its custom format: what is in it, and what needs what.

The archive begins with it, so it can be read while the rest still comes in.  Its form is that of PostgreSQL's
`src/bin/pg_dump/pg_backup_archiver.c` (`ReadHead`, `ReadToc`), from version 12 on the same but for what is named here.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

_MAGIC = b"PGDMP"
_OLDEST = (1, 12)
_COMPRESSION_IS_A_BYTE = (1, 15)
_TABLE_ACCESS_METHOD = (1, 14)
_KIND_OF_RELATION = (1, 16)
_LONGEST_TEXT = 1 << 30


@dataclass(frozen=True)
class Entry:
    """One thing that pg_restore makes or fills; `definition` is its SQL."""

    id: int
    object: tuple[int, int]
    """Where the source's catalogue had it: the oid of the catalogue's table, and its own."""
    kind: str
    """In pg_dump's words, such as TABLE, TABLE DATA or FK CONSTRAINT."""
    schema: str
    name: str
    definition: str
    needs: frozenset[int]
    """The ids of the entries that must come before it."""


@dataclass(frozen=True)
class Contents:
    """All entries, in the order in which they are restored."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> Self:
        """Read them from the first pieces of an archive; none at all when these are no archive of a known form.

        pg_restore says then what is wrong with it.
        """
        try:
            return cls(tuple(_entries(_Reader(iter(pieces)))))
        except (ValueError, EOFError):
            return cls()

    def of_kind(self, *kinds: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind in kinds]

    def with_dependents(self, ids: Collection[int]) -> frozenset[int]:
        """These entries and whatever cannot be made without them."""
        found, before = set(ids), -1
        while len(found) > before:  # an entry may stand before one that it needs
            before = len(found)
            found.update(entry.id for entry in self.entries if not found.isdisjoint(entry.needs))
        return frozenset(found)


@dataclass
class _Reader:
    pieces: Iterator[bytes]
    version: tuple[int, int] = (0, 0)
    integer_bytes: int = 0
    offset_bytes: int = 0
    _held: bytes = field(default=b"", repr=False)
    _at: int = 0

    def bytes(self, count: int) -> bytes:
        if len(self._held) - self._at < count:
            self._fetch(count)
        start, self._at = self._at, self._at + count
        return self._held[start : self._at]

    def _fetch(self, count: int) -> None:
        parts, size = [self._held[self._at :]], len(self._held) - self._at
        while size < count:
            piece = next(self.pieces, None)
            if piece is None:
                raise EOFError("the archive ends within its table of contents")
            parts.append(piece)
            size += len(piece)
        self._held, self._at = b"".join(parts), 0

    def byte(self) -> int:
        return self.bytes(1)[0]

    def integer(self) -> int:
        sign = self.byte()
        value = int.from_bytes(self.bytes(self.integer_bytes), "little")
        return -value if sign else value

    def optional_text(self) -> str | None:
        length = self.integer()
        if length > _LONGEST_TEXT:
            raise ValueError(f"a text of {length} bytes")
        return None if length < 0 else self.bytes(length).decode(errors="surrogateescape")

    def text(self) -> str:
        return self.optional_text() or ""


def _entries(reader: _Reader) -> Iterator[Entry]:
    _read_head(reader)
    for _ in range(reader.integer()):
        yield _entry(reader)


def _read_head(reader: _Reader) -> None:
    if reader.bytes(len(_MAGIC)) != _MAGIC:
        raise ValueError("no archive")
    reader.version = (reader.byte(), reader.byte())
    if reader.version < _OLDEST:
        raise ValueError(f"an archive of version {reader.version}")
    reader.byte()  # the revision
    reader.integer_bytes, reader.offset_bytes = reader.byte(), reader.byte()
    reader.byte()  # the format
    if reader.version >= _COMPRESSION_IS_A_BYTE:
        reader.byte()
    else:
        reader.integer()
    for _ in range(7):  # when it was made
        reader.integer()
    for _ in ("database", "version of the server", "version of pg_dump"):
        reader.text()


def _entry(reader: _Reader) -> Entry:
    identifier = reader.integer()
    reader.integer()  # whether it has data
    table, own = int(reader.text()), int(reader.text())
    name, kind = reader.text(), reader.text()
    reader.integer()  # the section
    definition = reader.text()
    for _ in ("statement that drops it", "statement that copies its rows"):
        reader.text()
    schema = reader.text()
    reader.text()  # the tablespace
    if reader.version >= _TABLE_ACCESS_METHOD:
        reader.text()
    if reader.version >= _KIND_OF_RELATION:
        reader.integer()
    for _ in ("owner", "whether rows have oids"):
        reader.text()
    needs = frozenset(map(int, iter(reader.optional_text, None)))
    reader.bytes(1 + reader.offset_bytes)  # where its data are
    return Entry(identifier, (table, own), kind, schema, name, definition, needs)
