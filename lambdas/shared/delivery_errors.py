"""What to do with a message that its receiver did not accept."""

from collections.abc import Collection


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
