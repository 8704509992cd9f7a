"""Messages that cannot be read, and errors in one line."""

import traceback
from pathlib import PurePath


class BadMessageError(Exception):
    """A message of the queue that is neither SNS's nor this function's."""


def kind_and_line(error: Exception) -> str:
    """Without the error's own text, which may quote a secret."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {PurePath(frame.filename).name}, line {frame.lineno}"
