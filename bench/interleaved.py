"""Taking turns, so that whatever else the machine does hits all contenders alike."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from bench.progress import progress

Name = TypeVar("Name")
T = TypeVar("T")


def interleaved(what: str, contenders: Mapping[Name, Callable[[], T]], repeats: int) -> dict[Name, list[T]]:
    """Run every contender once in each of the turns; the one that begins changes from turn to turn."""
    names, found = list(contenders), {name: list[T]() for name in contenders}
    for turn in range(repeats):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(contenders[name]())
        progress(f"{what}: turn {turn + 1} of {repeats}")
    return found
