"""What is kept in Secrets Manager or the Parameter Store, read when it is needed and remembered for a time.

Powertools' `parameters` does the same and imports boto3 for it: 70 ms of a cold start.
"""

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

Read = Callable[[str], str]
"""The text kept under a name."""


class UnreadableError(Exception):
    """Quotes nothing but the error's class: what a client raises may quote more than the name."""


class StoredValues:
    """`readers` by store; a value is read again after `keep` seconds, and once it is forgotten."""

    def __init__(
        self, readers: Mapping[Any, Read], keep: float = math.inf, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._readers, self._keep, self._clock = readers, keep, clock
        self._known: dict[tuple[str, str], tuple[str, float]] = {}

    def is_known(self, store: str, name: str) -> bool:
        """Whether `of` would answer at once."""
        return self._known_value(store, name) is not None

    def of(self, store: str, name: str) -> str:
        """Without white space around it; raises UnreadableError."""
        value = self._known_value(store, name)
        if value is None:
            value = self._read(store, name)
            self._known[store, name] = value, self._clock() + self._keep
        return value

    def forget(self, store: str, name: str) -> None:
        self._known.pop((store, name), None)

    def _known_value(self, store: str, name: str) -> str | None:
        value, until = self._known.get((store, name), (None, 0.0))
        return value if self._clock() < until else None

    def _read(self, store: str, name: str) -> str:
        try:
            return self._readers[store](name).strip()
        except Exception as error:  # noqa: BLE001 - whatever the client raises
            raise UnreadableError(f"{type(error).__name__} (does it exist, and may this function read it?)") from None


def secret(client: Any, name: str) -> str:
    """`client` is one of Secrets Manager."""
    return str(client.get_secret_value(SecretId=name)["SecretString"])


def parameter(client: Any, name: str) -> str:
    """`client` is one of Systems Manager."""
    return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
