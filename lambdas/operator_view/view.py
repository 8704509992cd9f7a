"""What a view is: what it may be asked for, what it reads, and how that is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from xml.etree.ElementTree import Element

from lambdas.operator_view.parameters import Asked
from lambdas.operator_view.sources import Sources
from lambdas.operator_view.surface import Surface

S = TypeVar("S")
P = TypeVar("P")
D = TypeVar("D")


@dataclass(frozen=True)
class Message:
    """What an action did, or why it did not."""

    text: str
    is_good: bool = True


@dataclass(frozen=True)
class Page:
    """What is around a view."""

    surface: Surface
    at: datetime
    """When it is looked at."""
    theme: str = ""
    """`light` or `dark`; the reader's own scheme when it is empty."""
    message: Message | None = None


@dataclass(frozen=True)
class View(Generic[S, P, D]):
    name: str
    meaning: str
    """One sentence of the widget's documentation."""
    part: Callable[[Sources], S | None]
    """What of the sources it reads; None where that is not there, and so neither is the view."""
    parameters: Callable[[Asked, S], P]
    """Raises BadParameterError."""
    read: Callable[[P, S], D]
    """Raises NotFoundError."""
    render: Callable[[P, D, Page], Element]
    """Pure."""
    title: str = ""
    """In the navigation; empty for one that others lead to."""


AnyView = View[Any, Any, Any]


class NotFoundError(LookupError):
    """One line: what is not there."""
