"""Reads the table of contents of an archive in pg_dump's custom format, as it comes.

The format is written down in PostgreSQL's src/bin/pg_dump/pg_backup_archiver.c (ReadHead, ReadToc); 14 to 18 write
its versions 1.14 to 1.16.
"""

from collections.abc import Iterator
from typing import Final

_MAGIC: Final = b"PGDMP"
_CUSTOM: Final = 1
_OLDEST, _COMPRESSION_AS_BYTE, _WITH_RELATION_KIND, _NEWEST = (1, 14), (1, 15), (1, 16), (1, 16)


class _NotAnArchiveError(Exception):
    """It ends within its table of contents, or is of a kind that this code does not read."""


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
                raise _NotAnArchiveError
            self.data += piece
        return slice(start, self.at)

    def byte(self) -> int:
        return self.data[self.take(1)][0]

    def integer(self) -> int:
        negative = self.byte()
        value = int.from_bytes(self.data[self.take(self.integer_size)], "little")
        return -value if negative else value

    def string(self) -> slice | None:
        length = self.integer()
        return self.take(length) if length >= 0 else None


def definitions(data: bytearray, pieces: Iterator[bytes]) -> Iterator[slice]:
    """Where in `data` the definitions of tables are; fills it from `pieces` to the end of the contents.

    Whatever is not such an archive, or ends too soon, has no definitions: that is for pg_restore to say.
    """
    reader = _Reader(data, pieces)
    try:
        version = _read_head(reader)
        for _ in range(reader.integer()):
            kind, definition = _read_entry(reader, version)
            if definition and kind in (b"TABLE", b"FOREIGN TABLE", b"MATERIALIZED VIEW"):
                yield definition
    except _NotAnArchiveError:
        return


def _read_head(reader: _Reader) -> tuple[int, int]:
    if reader.data[reader.take(len(_MAGIC))] != _MAGIC:
        raise _NotAnArchiveError
    version = (reader.byte(), reader.byte())
    reader.byte()  # the version's third part
    reader.integer_size, reader.offset_size, form = reader.byte(), reader.byte(), reader.byte()
    if not _OLDEST <= version <= _NEWEST or form != _CUSTOM:
        raise _NotAnArchiveError
    if version >= _COMPRESSION_AS_BYTE:
        reader.byte()
    else:
        reader.integer()
    for _ in range(7):  # when it was made
        reader.integer()
    for _ in range(3):  # the database, and the versions of server and pg_dump
        reader.string()
    return version


def _read_entry(reader: _Reader, version: tuple[int, int]) -> tuple[bytes, slice | None]:
    reader.integer()  # its number
    reader.integer()  # whether it has data
    for _ in range(3):  # two object ids, and the name
        reader.string()
    kind = reader.string()
    reader.integer()  # the section
    definition = reader.string()
    for _ in range(5):  # commands to drop and to copy, schema, tablespace, access method
        reader.string()
    if version >= _WITH_RELATION_KIND:
        reader.integer()
    reader.string()  # the owner
    reader.string()  # whether it has OIDs
    while reader.string() is not None:  # what it depends on
        pass
    reader.byte()  # whether the offset of its data is known
    reader.take(reader.offset_size)
    return bytes(reader.data[kind]) if kind else b"", definition
