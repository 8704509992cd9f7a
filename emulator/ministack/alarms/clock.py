"""The moment at which alarms are evaluated: now, or one that a drill travels to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import SimpleNamespace

from ministack.services import cloudwatch

_travelled: ContextVar[float | None] = ContextVar("evaluation_moment", default=None)


def register() -> None:
    """States, histories and messages that MiniStack writes carry this clock's time."""
    cloudwatch.time = SimpleNamespace(**{**vars(time), "time": epoch})


def epoch() -> float:
    travelled = _travelled.get()
    return time.time() if travelled is None else travelled


def now() -> datetime:
    return datetime.fromtimestamp(epoch(), UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    token = _travelled.set(moment.timestamp())
    try:
        yield
    finally:
        _travelled.reset(token)


def milliseconds(moment: datetime) -> str:
    """As CloudWatch writes times in its messages."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"
