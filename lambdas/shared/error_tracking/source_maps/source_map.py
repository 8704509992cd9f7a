"""A source map as its JSON says it, read strictly and within bounds.

https://tc39.es/ecma426/#sec-source-map-format
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lambdas.shared.error_tracking.source_maps.limits import (
    LARGEST_CONTENT,
    LARGEST_CONTENTS,
    LONGEST_NAME,
    MOST_NAMES,
    MOST_SECTIONS,
    MOST_SOURCES,
    SourceMapError,
)
from lambdas.shared.error_tracking.source_maps.mappings import Among, Mappings, decode
from lambdas.shared.error_tracking.source_maps.paths import normalised

_VERSION: Final = 3
_PROTECTED = (")]}'\n", ")]}\n")
"""What may stand before the JSON, lest a browser run it."""


@dataclass
class SourceMap:
    paths: list[str] = field(default_factory=list)
    """Of the sources, from the repository's root."""
    contents: list[str | None] = field(default_factory=list)
    """Of each source; None where the map does not hold it."""
    names: list[str] = field(default_factory=list)
    mappings: Mappings = field(default_factory=Mappings)


def read(written: bytes) -> SourceMap:
    """Raises SourceMapError."""
    try:
        text = written.decode()
        for prefix in _PROTECTED:
            text = text.removeprefix(prefix)
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise SourceMapError("it is no JSON") from None
    source_map = SourceMap()
    for line, column, section in _sections(document):
        _add(source_map, section, line, column)
    source_map.mappings.end_line()
    return source_map


def _sections(document: Any) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Where each begins in the generated file, in the order of that; a plain map is a single one."""
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        raise SourceMapError(f"it is no source map of version {_VERSION}")
    if "sections" not in document:
        yield 0, 0, document
        return
    last = (-1, -1)
    for section in _list_of(document, "sections", dict, MOST_SECTIONS):
        offset, inner = section.get("offset"), section.get("map")
        if not isinstance(offset, dict) or not isinstance(inner, dict) or "sections" in inner:
            raise SourceMapError("a section has no map of its own")
        start = _number(offset, "line"), _number(offset, "column")
        if start <= last:
            raise SourceMapError("sections are not in their order")
        yield *start, inner
        last = start


def _add(to: SourceMap, section: Mapping[str, Any], line: int, column: int) -> None:
    sources = _list_of(section, "sources", (str, type(None)), MOST_SOURCES)
    names = _list_of(section, "names", str, MOST_NAMES)
    root, text = section.get("sourceRoot") or "", section.get("mappings")
    if not isinstance(root, str) or not isinstance(text, str):
        raise SourceMapError("'mappings' or 'sourceRoot' is no text")
    if len(to.paths) + len(sources) > MOST_SOURCES or len(to.names) + len(names) > MOST_NAMES:
        raise SourceMapError(f"more than {MOST_SOURCES} sources, or {MOST_NAMES} names")
    mappings = to.mappings
    missing = line - (len(mappings.lines) - 1)
    mappings.refuse_more(max(0, missing))
    for _ in range(missing):
        mappings.end_line()
    decode(mappings, text, Among(len(to.paths), len(sources)), Among(len(to.names), len(names)), column)
    to.paths += [normalised(source, root) for source in sources]
    to.names += [name[:LONGEST_NAME] for name in names]
    room = LARGEST_CONTENTS - sum(len(content) for content in to.contents if content)
    to.contents += _contents(section, len(sources), room)


def _contents(section: Mapping[str, Any], count: int, room: int) -> Iterator[str | None]:
    given = _list_of(section, "sourcesContent", (str, type(None)), MOST_SOURCES)
    for number in range(count):
        content = given[number] if number < len(given) else None
        if content is None or len(content) > min(LARGEST_CONTENT, room):
            yield None
        else:
            room -= len(content)
            yield content


def _list_of(document: Mapping[str, Any], name: str, kind: type | tuple[type, ...], most: int) -> list[Any]:
    value = document.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, kind) for each in value):
        raise SourceMapError(f"{name!r} is no list of what it should hold")
    if len(value) > most:
        raise SourceMapError(f"more than {most} {name}")
    return value


def _number(offset: Mapping[str, Any], name: str) -> int:
    value = offset.get(name)
    if type(value) is not int or not 0 <= value < 1 << 31:
        raise SourceMapError("a section's offset is no place")
    return value
