"""What a section of a review is: its name, what it needs, and how it is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.review.settings import Settings
from lambdas.review.span import Span
from lambdas.shared.documents.document import Block
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.reviews import Period, State

Client = Callable[[str], Any]
"""The client of a service by its name."""


@dataclass(frozen=True)
class Here:
    """The environment, as names at AWS are made of it."""

    name: str
    service: str
    namespace: str
    """Of its metrics."""

    def named(self, thing: str) -> str:
        return physical_name(self, thing)

    def log_of(self, function: str) -> str:
        return f"/aws/lambda/{self.named(function)}"


@dataclass(frozen=True)
class Situation:
    """What every section is asked about."""

    period: Period
    span: Span
    at: datetime
    """When it is asked."""
    here: Here
    settings: Settings
    client: Client
    endpoints: tuple[str, ...] = ()
    """The names of those that are probed."""


@dataclass(frozen=True)
class Figure:
    """One number, and which record it was read from."""

    name: str
    """In JSON."""
    label: str
    value: float | str | None
    shown: str
    """The value in words and units."""
    source: str


@dataclass(frozen=True)
class Found:
    """What a section says."""

    state: State
    summary: str
    """In one short line, for the mail."""
    figures: tuple[Figure, ...] = ()
    blocks: tuple[Block, ...] = ()
    """Graphs and tables; texts from outside as they are."""


class UnknownError(Exception):
    """A section cannot say anything: one line that says why."""


@dataclass(frozen=True)
class Section:
    name: str
    """In JSON."""
    heading: str
    look: Callable[[Situation], Found]
    """Raises UnknownError and what the clients raise: the section is then unknown, alone."""
    not_in_use: Callable[[Situation], str] = lambda _: ""
    """Why there is nothing to look at; empty where there is."""
