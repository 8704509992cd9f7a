"""Waiting for what another process does."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

POLL_SECONDS: Final = 0.1

T = TypeVar("T")


def wait_for(answer: Callable[[], T], seconds: float) -> T:
    """What `answer()` gives once that is something, or its last one, which is nothing, when the time is over."""
    deadline = time.monotonic() + seconds
    while not (found := answer()) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return found
