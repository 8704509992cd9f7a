"""What a log line can hold of a check: three hundred sessions that wait for one lock would be a log of their own.

Metrics are taken from all that was found; here it is only shown.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from lambdas.database_check.check import Judgement

MOST_JUDGEMENTS = 10
"""Of one kind and level; further ones say nothing new."""
MOST_ROWS = 20
"""Of one measurement, the worst."""


def shortened_judgements(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The first of each kind, and in one more how many others there are."""
    seen: Counter[tuple[str, Any]] = Counter()
    kept = []
    for judgement in judgements:
        kind = (judgement.name, judgement.level)
        seen[kind] += 1
        if seen[kind] <= MOST_JUDGEMENTS:
            kept.append(judgement)
    return kept + [
        Judgement(name, level, f"{number - MOST_JUDGEMENTS} more findings of the kind {name}")
        for (name, level), number in seen.items()
        if number > MOST_JUDGEMENTS
    ]


def shortened_values(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value[:MOST_ROWS] if isinstance(value, list) else value for name, value in values.items()}


def left_out(values: dict[str, Any]) -> dict[str, int]:
    """The number of rows that `shortened_values` leaves out, by measurement."""
    return {
        name: len(value) - MOST_ROWS
        for name, value in values.items()
        if isinstance(value, list) and len(value) > MOST_ROWS
    }
