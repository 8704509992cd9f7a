"""A document as Markdown, as CommonMark and GitHub read it."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lambdas.shared.documents import charts
from lambdas.shared.documents.document import (
    Bars,
    Block,
    Bullets,
    Document,
    Facts,
    Grid,
    Inline,
    Link,
    Prompt,
    Section,
    Table,
    Text,
)
from lambdas.shared.incidents.words import one_line

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>&|~$])")
_AT_BEGIN: Final = re.compile(r"^([#+=:-]|\d+(?=[.)](\s|$)))")
"""What makes a heading, a list or a rule of a line that begins so."""
_ADDRESS: Final = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where GitHub would begin a link without any mark."""

_IN_ADDRESS: Final = {"<": "%3C", ">": "%3E", "\\": "%5C", "|": "%7C", "&": "&amp;"}


def markdown(document: Document) -> str:
    lines = [f"# {escaped(document.title)}", "", *_block(document.facts)]
    for section in document.sections:
        lines += _section(section, 2)
    return "\n".join(lines).rstrip() + "\n"


def escaped(text: str) -> str:
    """In one line, and nothing in it is more than text, wherever the line stands."""
    return _AT_BEGIN.sub(_escape_begin, _within(text))


def _within(text: str) -> str:
    """The same for what no line begins with."""
    return _ADDRESS.sub(r"\\", _SPECIAL.sub(r"\\\1", one_line(text)))


def _escape_begin(found: re.Match[str]) -> str:
    begin = found.group()
    return f"{begin}\\" if begin.isdigit() else f"\\{begin}"


def _section(section: Section, depth: int) -> Iterator[str]:
    mark = f" ({_within(section.mark.word)})" if section.mark else ""
    yield f"{'#' * depth} {escaped(section.heading)}{mark}"
    yield ""
    for block in section.blocks:
        yield from _block(block)
    for part in section.parts:
        yield from _section(part, depth + 1)


def _block(block: Block) -> Iterator[str]:
    """With an empty line at its end."""
    match block:
        case Text(said):
            yield escaped(said)
        case Prompt(asked):
            yield f"_{_within(asked)}_"
        case Facts(pairs):
            yield from (f"- **{_within(name)}:** {_within(value)}" for name, value in pairs)
        case Bullets(lines):
            yield from (f"- {escaped(line) if isinstance(line, str) else _link(line)}" for line in lines)
        case Table(headings, rows):
            yield from _table(headings, rows)
        case Bars() | Grid():
            yield f"_{_within(f'{block.caption}: {charts.in_words(block)}')}_"
    yield ""


def _table(headings: tuple[str, ...], rows: Iterable[Iterable[Inline]]) -> Iterator[str]:
    yield _row(headings)
    yield f"|{' --- |' * len(headings)}"
    yield from map(_row, rows)


def _row(cells: Iterable[Inline]) -> str:
    return f"| {' | '.join(map(_inline, cells))} |"


def _inline(said: Inline) -> str:
    return _within(said) if isinstance(said, str) else _link(said)


def _link(link: Link) -> str:
    """Between the angle brackets these, backslashes, entities and a table's bars are all that means something."""
    if not link.is_safe:
        return f"{_within(link.label)}: {_within(link.url)}"
    address = re.sub(r"[<>\\|&]", lambda found: _IN_ADDRESS[found.group()], link.url)
    return f"[{_within(link.label)}](<{address}>)"
