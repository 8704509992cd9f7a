"""What a document is made of; Markdown and HTML are written from it alike.

Every text may hold something from outside: whoever writes it escapes all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    """Anything; it leads somewhere only if it is an address of the web."""

    @property
    def is_safe(self) -> bool:
        return self.url.startswith(("https://", "http://")) and self.url.isprintable() and " " not in self.url


Inline = str | Link


@dataclass(frozen=True)
class Text:
    said: str


@dataclass(frozen=True)
class Prompt:
    """A question that people answer in its place."""

    asked: str


@dataclass(frozen=True)
class Facts:
    """Names and values."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bullets:
    lines: tuple[Inline, ...]


@dataclass(frozen=True)
class Table:
    """Rows have as many cells as there are headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True)
class Bars:
    """A graph of one number in turn, such as by day."""

    caption: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    """None where nothing is known."""
    said: Callable[[float], str] = "{:g}".format
    """A value in words and units."""
    limit: float | None = None
    """Drawn as a line; what is above it is marked."""


@dataclass(frozen=True)
class Grid:
    """A graph of one number by two things, such as by weekday and hour: the darker, the more."""

    caption: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    """By row."""
    said: Callable[[float], str] = "{:g}".format


Block = Text | Prompt | Facts | Bullets | Table | Bars | Grid


class Tone(StrEnum):
    """How the mark beside a heading looks."""

    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"
    QUIET = "quiet"


@dataclass(frozen=True)
class Mark:
    """What is to be seen of a section at one look."""

    word: str
    tone: Tone


@dataclass(frozen=True)
class Section:
    heading: str
    blocks: tuple[Block, ...]
    parts: tuple["Section", ...] = ()
    mark: Mark | None = None


@dataclass(frozen=True)
class Document:
    title: str
    facts: Facts
    sections: tuple[Section, ...]
