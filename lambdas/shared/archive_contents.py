"""The table of contents of an archive that pg_dump wrote in its custom format: what is in it, and what needs what.

The archive begins with it, so it can be read while the rest still comes in.  Its form is that of PostgreSQL's
`src/bin/pg_dump/pg_backup_archiver.c` (`ReadHead`, `ReadToc`); pg_dump 12 to 18 write its versions 1.14 to 1.16.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Self

_MAGIC: Final = b"PGDMP"
_CUSTOM: Final = 1
_OLDEST, _COMPRESSION_AS_BYTE, _WITH_RELATION_KIND, _NEWEST = (1, 14), (1, 15), (1, 16), (1, 16)
_LONGEST_TEXT: Final = 1 << 30


class NotAnArchiveError(ValueError):
    """It ends within its table of contents, or is of a form that this code does not read: pg_restore says which."""


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
    place: slice = field(default_factory=lambda: slice(0), compare=False)
    """The bytes of the archive that are its definition."""


@dataclass(frozen=True)
class Contents:
    """All entries, in the order in which they are restored."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> Self:
        """Read them from the first pieces of an archive; none at all when these are no archive of a known form."""
        try:
            return cls(tuple(entries(bytearray(), iter(pieces))))
        except NotAnArchiveError:
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


def entries(data: bytearray, pieces: Iterator[bytes]) -> Iterator[Entry]:
    """The entries one by one; `data` is filled from `pieces` to the end of the contents, and a little beyond.

    Raises NotAnArchiveError, perhaps after some entries.
    """
    reader = _Reader(data, pieces)
    version = _read_head(reader)
    for _ in range(reader.integer()):
        yield _read_entry(reader, version)


class _Reader:
    """Takes from `pieces` as much as is read, into `data`."""

    def __init__(self, data: bytearray, pieces: Iterator[bytes]) -> None:
        self.data, self.at = data, 0
        self._pieces = pieces
        self.integer_size = self.offset_size = 0

    def take(self, count: int) -> slice:
        start, self.at = self.at, self.at + count
        while len(self.data) < self.at:
            piece = next(self._pieces, None)
            if piece is None:
                raise NotAnArchiveError("it ends within its table of contents")
            self.data += piece
        return slice(start, self.at)

    def byte(self) -> int:
        return self.data[self.take(1)][0]

    def integer(self) -> int:
        negative = self.byte()
        value = int.from_bytes(self.data[self.take(self.integer_size)], "little")
        return -value if negative else value

    def place_of_text(self) -> slice | None:
        length = self.integer()
        if length > _LONGEST_TEXT:
            raise NotAnArchiveError(f"a text of {length} bytes")
        return self.take(length) if length >= 0 else None

    def optional_text(self) -> str | None:
        place = self.place_of_text()
        return None if place is None else self.decoded(place)

    def text(self) -> str:
        return self.optional_text() or ""

    def decoded(self, place: slice) -> str:
        return self.data[place].decode(errors="surrogateescape")

    def optional_number(self) -> int | None:
        """A number that is written as a text."""
        text = self.optional_text()
        if text is not None and not (text.isascii() and text.isdecimal()):
            raise NotAnArchiveError(f"{text[:20]!r} where a number belongs")
        return None if text is None else int(text)

    def number(self) -> int:
        return self.optional_number() or 0


def _read_head(reader: _Reader) -> tuple[int, int]:
    if reader.data[reader.take(len(_MAGIC))] != _MAGIC:
        raise NotAnArchiveError("no archive")
    version = (reader.byte(), reader.byte())
    reader.byte()  # the version's third part
    reader.integer_size, reader.offset_size, form = reader.byte(), reader.byte(), reader.byte()
    if not _OLDEST <= version <= _NEWEST or form != _CUSTOM:
        raise NotAnArchiveError(f"version {version}, form {form}")
    if version >= _COMPRESSION_AS_BYTE:
        reader.byte()
    else:
        reader.integer()
    for _ in range(7):  # when it was made
        reader.integer()
    for _ in ("database", "version of the server", "version of pg_dump"):
        reader.place_of_text()
    return version


def _read_entry(reader: _Reader, version: tuple[int, int]) -> Entry:
    identifier = reader.integer()
    reader.integer()  # whether it has data
    table, own = reader.number(), reader.number()
    name, kind = reader.text(), reader.text()
    reader.integer()  # the section
    place = reader.place_of_text() or slice(0)
    for _ in ("statement that drops it", "statement that copies its rows"):
        reader.place_of_text()
    schema = reader.text()
    for _ in ("tablespace", "access method"):
        reader.place_of_text()
    if version >= _WITH_RELATION_KIND:
        reader.integer()
    for _ in ("owner", "whether rows have oids"):
        reader.place_of_text()
    needs = frozenset(iter(reader.optional_number, None))
    reader.byte()  # whether the place of its data is known
    reader.take(reader.offset_size)
    return Entry(identifier, (table, own), kind, schema, name, reader.decoded(place), needs, place)
