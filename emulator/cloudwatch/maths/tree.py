"""The tree of an expression."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Name:
    """The Id of a query, or a word such as REPEAT that a function takes."""

    value: str


@dataclass(frozen=True)
class Negation:
    operand: "Node"


@dataclass(frozen=True)
class Operation:
    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Call:
    function: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True)
class Listing:
    items: "tuple[Node, ...]"


Node = Number | Text | Name | Negation | Operation | Call | Listing
