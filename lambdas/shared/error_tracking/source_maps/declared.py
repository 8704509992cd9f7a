"""How functions and classes were called before the file was minified.

A stack says `r`; the map says how each token was called.  So what is needed is where `r` was declared: looked up here
once, in the minified file.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lambdas.shared.error_tracking.source_maps.mappings import NOTHING, Mappings
from lambdas.shared.error_tracking.source_maps.source_map import SourceMap

MOST_DECLARED: Final = 200_000
"""What looks like a declaration, in one file."""
# A name begins after what is no part of a name, and ends soon: no place is looked at twice.
_NAME = r"(?<![\w$])([A-Za-z_$][\w$]{0,99})"
_VALUE = r"async[ (]|function[*( ]|class[ {]|\(|[\w$]{1,100}=>"
_DECLARED = re.compile(rf"(?:function[* ][ ]?|class[ ]){_NAME}(?![\w$])|{_NAME}=(?:{_VALUE})", re.ASCII)
_ASTRAL = re.compile(r"[\U00010000-\U0010ffff]")

Declared = dict[str, list[int]]
"""By the minified name, the numbers of the mappings at which it was declared, in their order."""


def declared_in(minified: str, source_map: SourceMap) -> Declared:
    found: Declared = {}
    mappings = source_map.mappings
    for line, column, name in islice(_declarations(minified, len(mappings.lines) - 1), MOST_DECLARED):
        mapping = _at(mappings, line, column)
        if mapping is not None and source_map.names[mappings.names[mapping]] != name:
            found.setdefault(name, []).append(mapping)
    return found


def _declarations(minified: str, lines: int) -> Iterator[tuple[int, int, str]]:
    """The line, column and name of each in the first lines, which alone are mapped."""
    for line, text in enumerate(minified.split("\n", lines)[:lines]):
        astral = [match.start() for match in _ASTRAL.finditer(text)]
        for match in _DECLARED.finditer(text):
            group = match.lastindex or 0
            column = match.start(group)
            # Maps count the units of UTF-16, of which such a character has two.
            yield line, column + bisect_left(astral, column), match[group]


def _at(mappings: Mappings, line: int, column: int) -> int | None:
    """The mapping of exactly this place, if it has a name."""
    start, end = mappings.lines[line], mappings.lines[line + 1]
    number = bisect_left(mappings.columns, column, start, end)
    if number < end and mappings.columns[number] == column and mappings.names[number] != NOTHING:
        return number
    return None
