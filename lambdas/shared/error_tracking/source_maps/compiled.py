"""A compiled map: what one lookup needs is found without reading the rest.

    4 bytes    "jsmc"
    1 byte     FORMAT
    4 bytes    length of the head
    head       JSON: for each part its offset behind the head, its length, and its length before compression
    parts      each compressed by zlib for itself:
               lines, columns, sources, original_lines, original_columns, names   unsigned numbers of 32 bits
               paths, name_texts                                                  JSON lists
               declared                                                           JSON, as `declared.Declared`
               content:<number>                                                   a source, in UTF-8

Numbers are little-endian.  The parts are read when they are first needed, and kept; of the contents, those used last.
Whoever changes this counts FORMAT up: maps that were compiled before are then compiled again at their next upload, and
until then their frames stay as they are.
"""

import json
import re
import struct
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from lambdas.shared.error_tracking.bounded_cache import BoundedCache
from lambdas.shared.error_tracking.source_maps.declared import Declared
from lambdas.shared.error_tracking.source_maps.limits import SourceMapError
from lambdas.shared.error_tracking.source_maps.mappings import NOTHING
from lambdas.shared.error_tracking.source_maps.source_map import SourceMap

FORMAT: Final = 1
KEPT_CONTENTS: Final = 4 * 1024**2
"""Characters of sources that an index keeps."""
LONGEST_LINE: Final = 300
"""Of context; a longer line is cut."""
CONTEXT: Final = 5
"""Lines before and after."""
MOST_LOOKED_AT: Final = 1000
"""Declarations of one minified name, from the place on backwards."""
_MAGIC = b"jsmc"
_START = struct.Struct("<4sBI")
_LEVEL = 3  # of zlib: a third of the time of its default, and a tenth larger
_LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
_NUMBERS = ("lines", "columns", "sources", "original_lines", "original_columns", "names")


@dataclass(frozen=True)
class Place:
    """A place in a source; line and column count from 0."""

    mapping: int
    source: int
    path: str
    line: int
    column: int
    name: str
    """How the token there was called, where the map says it."""


@dataclass(frozen=True)
class Context:
    before: list[str]
    line: str
    after: list[str]


def compiled(source_map: SourceMap, declared: Declared) -> bytes:
    head, packed, offset = {}, [], 0
    for name, part in _parts(source_map, declared):
        small = zlib.compress(part, _LEVEL)
        head[name] = offset, len(small), len(part)
        packed.append(small)
        offset += len(small)
    written = json.dumps(head, separators=(",", ":")).encode()
    return b"".join((_START.pack(_MAGIC, FORMAT, len(written)), written, *packed))


def _parts(source_map: SourceMap, declared: Declared) -> Iterator[tuple[str, bytes]]:
    for name in _NUMBERS:
        yield name, getattr(source_map.mappings, name).tobytes()
    for name, plain in (("paths", source_map.paths), ("name_texts", source_map.names), ("declared", declared)):
        yield name, json.dumps(plain, separators=(",", ":")).encode()
    for number, content in enumerate(source_map.contents):
        if content is not None:
            yield f"content:{number}", content.encode("utf-8", "replace")


class Index:
    """Raises SourceMapError for what is no compiled map, or one of another format."""

    def __init__(self, written: bytes) -> None:
        if len(written) < _START.size:
            raise SourceMapError("it is no compiled map")
        magic, version, length = _START.unpack_from(written)
        if magic != _MAGIC or version != FORMAT:
            raise SourceMapError(f"it is no compiled map of format {FORMAT}")
        self._written, self._start = written, _START.size + length
        self._head: dict[str, tuple[int, int, int]] = json.loads(written[_START.size : self._start])
        self._contents: BoundedCache[int, tuple[str, array[int]]] = BoundedCache(KEPT_CONTENTS)

    @property
    def size(self) -> int:
        """Bytes that it holds at most when all of it was used."""
        raw = {name: length for name, (_, _, length) in self._head.items()}
        contents = sum(length for name, length in raw.items() if name.startswith("content:"))
        return len(self._written) + 3 * (sum(raw.values()) - contents) + min(contents, KEPT_CONTENTS)

    def place(self, line: int, column: int) -> Place | None:
        """Of the generated file's line and column, which count from 0; None where nothing is mapped."""
        if not 0 <= line < len(self._lines) - 1 or column < 0:
            return None
        start, end = self._lines[line], self._lines[line + 1]
        number = bisect_right(self._columns, column, start, end) - 1
        if number < start or self._sources[number] == NOTHING:
            return None
        source, name = self._sources[number], self._names[number]
        return Place(
            mapping=number,
            source=source,
            path=self._paths[source],
            line=self._original_lines[number],
            column=self._original_columns[number],
            name="" if name == NOTHING else self._name_texts[name],
        )

    def original_name(self, minified: str, at: Place) -> str | None:
        """How a function or class was called that was declared before this place, in the same source."""
        declared = self._declared.get(minified, ())
        before = bisect_left(declared, at.mapping)
        for mapping in reversed(declared[max(0, before - MOST_LOOKED_AT) : before]):
            here = self._original_lines[mapping], self._original_columns[mapping]
            if self._sources[mapping] == at.source and here <= (at.line, at.column):
                return str(self._name_texts[self._names[mapping]])
        return None

    def context(self, at: Place) -> Context | None:
        """The lines around a place; None where the map does not hold the source, or not this line of it."""
        content = self._content(at.source)
        if content is None or at.line >= len(content[1]) - 1:
            return None
        first, last = max(0, at.line - CONTEXT), min(len(content[1]) - 1, at.line + CONTEXT + 1)
        lines = [_line(*content, number) for number in range(first, last)]
        middle = at.line - first
        return Context(lines[:middle], lines[middle], lines[middle + 1 :])

    def _content(self, source: int) -> "tuple[str, array[int]] | None":
        """The text of a source, and where its lines begin, with the end of the last."""
        kept = self._contents.get(source)
        if kept is None and f"content:{source}" in self._head:
            text = self._part(f"content:{source}").decode()
            starts = array("I", [0, *(end.end() for end in _LINE_END.finditer(text)), len(text)])
            kept = text, starts
            self._contents.put(source, kept, len(text) + 4 * len(starts))
        return kept

    def _part(self, name: str) -> bytes:
        offset, length, _ = self._head[name]
        return zlib.decompress(self._written[self._start + offset : self._start + offset + length])

    def _numbers(self, name: str) -> "array[int]":
        numbers = array("I")
        numbers.frombytes(self._part(name))
        return numbers

    def _json(self, name: str) -> Any:
        return json.loads(self._part(name))

    @cached_property
    def _lines(self) -> "array[int]":
        return self._numbers("lines")

    @cached_property
    def _columns(self) -> "array[int]":
        return self._numbers("columns")

    @cached_property
    def _sources(self) -> "array[int]":
        return self._numbers("sources")

    @cached_property
    def _original_lines(self) -> "array[int]":
        return self._numbers("original_lines")

    @cached_property
    def _original_columns(self) -> "array[int]":
        return self._numbers("original_columns")

    @cached_property
    def _names(self) -> "array[int]":
        return self._numbers("names")

    @cached_property
    def _paths(self) -> list[str]:
        return list(self._json("paths"))

    @cached_property
    def _name_texts(self) -> list[str]:
        return list(self._json("name_texts"))

    @cached_property
    def _declared(self) -> Declared:
        return dict(self._json("declared"))


def _line(text: str, starts: "array[int]", number: int) -> str:
    start, end = starts[number], starts[number + 1]
    return text[start : min(end, start + LONGEST_LINE + 2)].rstrip("\r\n\u2028\u2029")[:LONGEST_LINE]
