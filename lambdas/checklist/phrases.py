"""How checks say what they found."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from lambdas.shared.quantities import duration

MOST: Final = 4
"""Things of a kind that an answer names; it is one line."""


def listed(things: Iterable[str]) -> str:
    """`a, b, c, d and 3 more`."""
    names = list(things)
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more


def ago(then: datetime, at: datetime) -> str:
    """`3 d 4 h ago`."""
    return f"{duration(at - then)} ago"
