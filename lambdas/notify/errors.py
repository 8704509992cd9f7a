"""What to do with a message that a channel did not accept."""

import traceback
from collections.abc import Collection
from pathlib import PurePath


class DeliveryError(Exception):
    """One line that says why; it never holds a secret, which may be the URL itself.

    `keys` are the subjects that were not accepted, of a message of several requests; none when nothing was accepted.
    """

    def __init__(self, message: str, keys: Collection[str] = ()) -> None:
        super().__init__(message)
        self.keys = frozenset(keys)


class PermanentError(DeliveryError):
    """The same message would be refused again."""


class RetryError(DeliveryError):
    """The channel may accept it later; `after` (seconds) is what it asked for."""

    def __init__(self, message: str, after: float = 0, keys: Collection[str] = ()) -> None:
        super().__init__(message, keys)
        self.after = after


class BadMessageError(Exception):
    """A message of the queue that is neither SNS's nor this function's."""


def kind_and_line(error: Exception) -> str:
    """Without the error's own text, which may quote a secret."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {PurePath(frame.filename).name}, line {frame.lineno}"
