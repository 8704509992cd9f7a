"""What a review is made of; Markdown and HTML are written from it alike.

Every text may hold something from outside: whoever writes it escapes all of them.
"""

from dataclasses import dataclass


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


Block = Text | Prompt | Facts | Bullets | Table


@dataclass(frozen=True)
class Section:
    heading: str
    blocks: tuple[Block, ...]
    parts: tuple["Section", ...] = ()


@dataclass(frozen=True)
class Review:
    """A post-mortem, as far as it can be written without people."""

    number: int
    title: str
    facts: Facts
    sections: tuple[Section, ...]
