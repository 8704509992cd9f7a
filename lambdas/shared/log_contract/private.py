"""What must not stand in a log: secrets and personal data, found by the look of values and by the names of keys.

Masking at the log group is the last net, not the first: what is not written cannot leak.
"""

from collections.abc import Iterator

from lambdas.shared.masking import is_public, kinds_in, names_a_secret
from lambdas.vocabulary.log_contract import Field


def private_data(line: dict[str, object]) -> Iterator[tuple[str, str]]:
    """The path and the kind of each value that should not be there; never the value itself."""
    for path, value in _leaves(line):
        if names_a_secret(path.rpartition(".")[2]) and not is_public(value):
            yield path, "a secret, by its name"
        elif isinstance(value, str) and path != Field.TIME:
            yield from ((path, kind) for kind in kinds_in(value))


def _leaves(document: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Without recursion: some versions of Python read deeper documents than their functions may call each other."""
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += reversed([(f"{path}.{key}".removeprefix("."), inner) for key, inner in value.items()])
        elif isinstance(value, list):
            waiting += [(path, inner) for inner in reversed(value)]
        else:
            yield path, value
