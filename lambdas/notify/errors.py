"""What to do with a message that a channel did not take."""


class DeliveryError(Exception):
    """One line that says why; it never holds a secret, which may be the URL itself."""


class PermanentError(DeliveryError):
    """The same message would be refused again."""


class RetryError(DeliveryError):
    """The channel may take it later; `after` (seconds) is what it asked for."""

    def __init__(self, message: str, after: float = 0) -> None:
        super().__init__(message)
        self.after = after


class BadMessageError(Exception):
    """A message of the queue that nobody here has written."""
