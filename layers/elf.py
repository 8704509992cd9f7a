"""Reads and rewrites the dynamic section of 64-bit little-endian ELF files, which x86_64 and arm64 both are.

Only strings are rewritten, in place and never to a longer one, so that no address moves.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

_MAGIC: Final = b"\x7fELF\x02\x01"  # 64 bits, little-endian
_HEADER: Final = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION_FIELDS: Final = ((0x28, 8), (0x3A, 6))  # e_shoff; e_shentsize, e_shnum, e_shstrndx
_MACHINES: Final = {62: "x86_64", 183: "aarch64"}
_PT_LOAD: Final = 1
_PT_DYNAMIC: Final = 2
_DT_BIND_NOW, _DT_FLAGS, _DT_FLAGS_1 = 24, 30, 0x6FFFFFFB
_DT_NEEDED, _DT_STRTAB, _DT_STRSZ, _DT_SONAME, _DT_RPATH, _DT_RUNPATH = 1, 5, 10, 14, 15, 29


class _Segment(NamedTuple):
    """One program header, field for field."""

    type: int
    flags: int
    offset: int
    address: int
    physical_address: int
    file_size: int
    memory_size: int
    alignment: int


_SEGMENT: Final = struct.Struct("<IIQQQQQQ")
_ENTRY: Final = struct.Struct("<qQ")


@dataclass(frozen=True)
class Dynamic:
    """What the loader is told: the libraries that a file needs and where to look for them."""

    machine: str
    needed: tuple[str, ...]
    search_path: tuple[str, ...]
    soname: str | None
    binds_at_start: bool
    """Whether every function must be found when the program starts, and not when it is called."""
    strings: slice
    """Where the file keeps the text of all this."""


def is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def read(path: Path) -> Dynamic:
    """Raises ValueError for a file without a dynamic section."""
    data = path.read_bytes()
    segments = _segments(data)
    entries = _entries(data, _dynamic_segment(segments, path))
    tags = dict(entries)
    start = _offset(segments, tags[_DT_STRTAB])
    strings = slice(start, start + tags[_DT_STRSZ])

    def text(offset: int) -> str:
        return data[start + offset : data.index(b"\0", start + offset)].decode()

    search = [text(value) for tag, value in entries if tag in (_DT_RPATH, _DT_RUNPATH)]
    return Dynamic(
        machine=_MACHINES[_HEADER.unpack_from(data)[2]],
        needed=tuple(text(value) for tag, value in entries if tag == _DT_NEEDED),
        search_path=tuple(folder for paths in search for folder in paths.split(":")),
        soname=text(tags[_DT_SONAME]) if _DT_SONAME in tags else None,
        binds_at_start=_DT_BIND_NOW in tags or bool(tags.get(_DT_FLAGS, 0) & 8 or tags.get(_DT_FLAGS_1, 0) & 1),
        strings=strings,
    )


def rename(path: Path, names: Mapping[str, str]) -> None:
    """Replaces whole strings of the dynamic section: library names, search paths. None may grow."""
    where = read(path).strings
    data = bytearray(path.read_bytes())
    strings = bytes(data[where])
    for old, new in names.items():
        if len(new) > len(old):
            raise ValueError(f"{new!r} does not fit in the place of {old!r} in {path.name}")
        was, now = old.encode(), new.encode()
        strings = strings.replace(b"\0" + was + b"\0", b"\0" + now.ljust(len(was), b"\0") + b"\0")
    data[where] = strings
    path.write_bytes(data)


def search_own_path_first(path: Path) -> None:
    """Makes the search path win over LD_LIBRARY_PATH, in which Lambda lists folders with libraries of its own."""
    data = bytearray(path.read_bytes())
    dynamic = _dynamic_segment(_segments(data), path)
    for at in range(dynamic.offset, dynamic.offset + dynamic.file_size, _ENTRY.size):
        tag, value = _ENTRY.unpack_from(data, at)
        if tag == _DT_RUNPATH:
            _ENTRY.pack_into(data, at, _DT_RPATH, value)
    path.write_bytes(data)


def strip(path: Path) -> None:
    """Drops what no loader reads: everything behind the last segment, such as debugging sections."""
    data = path.read_bytes()
    end = max(segment.offset + segment.file_size for segment in _segments(data))
    kept = bytearray(data[:end])
    for offset, size in _SECTION_FIELDS:
        kept[offset : offset + size] = bytes(size)
    path.write_bytes(kept)


def _segments(data: bytes | bytearray) -> list[_Segment]:
    header = _HEADER.unpack_from(data)
    offset, size, count = header[5], header[9], header[10]
    return [_Segment(*_SEGMENT.unpack_from(data, offset + size * index)) for index in range(count)]


def _dynamic_segment(segments: list[_Segment], path: Path) -> _Segment:
    segment = next((segment for segment in segments if segment.type == _PT_DYNAMIC), None)
    if segment is None:
        raise ValueError(f"{path.name} has no dynamic section")
    return segment


def _entries(data: bytes, dynamic: _Segment) -> list[tuple[int, int]]:
    section = data[dynamic.offset : dynamic.offset + dynamic.file_size]
    return [(tag, value) for tag, value in _ENTRY.iter_unpack(section) if tag]


def _offset(segments: list[_Segment], address: int) -> int:
    return next(
        address - segment.address + segment.offset
        for segment in segments
        if segment.type == _PT_LOAD and segment.address <= address < segment.address + segment.file_size
    )
