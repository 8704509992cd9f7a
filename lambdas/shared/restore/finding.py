"""What one check of a restored database found."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from lambdas.shared.table_contents import TableName
from lambdas.vocabulary.backups import Result

NAMED = 5
"""Faults that a detail spells out; of the rest it gives the number."""


class Finding(NamedTuple):
    result: Result
    detail: str
    """Numbers where all is well, and the names of what is not."""
    names_what_is_lost: bool = False
    """Whether `detail` says itself what was not restored, and so why nothing is proven."""


def passed(detail: str) -> Finding:
    return Finding(Result.PASSED, detail)


def failed(detail: str) -> Finding:
    return Finding(Result.FAILED, detail)


def not_provable(detail: str) -> Finding:
    return Finding(Result.NOT_PROVABLE, detail)


def failed_beyond(affected: Collection[str], detail: str, names: Iterable[str | TableName]) -> Finding:
    """A fault in things of these names: no proof against the backup where each is among the `affected`, which this
    server could not take."""
    plain = {name if isinstance(name, str) else name[-1] for name in names}
    return not_provable(detail) if plain <= set(affected) else failed(detail)


def some(faults: Collection[str]) -> str:
    """The first few, and how many more there are."""
    shown = "; ".join(list(faults)[:NAMED])
    more = len(faults) - NAMED
    return f"{shown}; and {more} more" if more > 0 else shown
