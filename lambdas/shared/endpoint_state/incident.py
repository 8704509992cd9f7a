"""A time in which an endpoint was degraded or down."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from lambdas.shared.endpoint_state.cause import Cause
from lambdas.vocabulary.codec import decode, encode
from lambdas.vocabulary.endpoints import State

TROUBLE = frozenset({State.DEGRADED, State.DOWN})
"""What makes an incident; slow alone does not."""


@dataclass(frozen=True)
class Incident:
    start: datetime
    """The first bad observation."""
    worst: State
    cause: Cause
    """Of the worst state."""
    changed_at: datetime
    """When what is said of it changed last."""
    end: datetime | None = None
    """The first observation that was fine again; None while it lasts."""
    # These go on with each observation, which is no change that has to be written by itself.
    down_seconds: float = field(default=0.0, compare=False)
    """How much of it the endpoint was seen down."""
    times_down: int = field(default=0, compare=False)
    """How often it went down: more than once when it came and went."""

    def going_on(self, down: timedelta, spells: int) -> Self:
        """With so much more time down, and so many further times that it went down."""
        seconds = round(self.down_seconds + down.total_seconds(), 3)
        return replace(self, down_seconds=seconds, times_down=self.times_down + spells)

    def including(self, state: State, cause: Cause, at: datetime) -> Self:
        """With further checks that fail in its worst state."""
        wider = self.cause.including(cause.checks) if state is self.worst else self.cause
        return self if wider == self.cause else replace(self, cause=wider, changed_at=at)

    def worsened(self, state: State, cause: Cause, at: datetime) -> Self:
        return replace(self, worst=state, cause=cause, changed_at=at)

    def ended(self, end: datetime, at: datetime) -> Self:
        end = max(end, self.start)  # a clock may have gone back
        down_seconds = min(self.down_seconds, (end - self.start).total_seconds())
        return replace(self, end=end, changed_at=at, down_seconds=down_seconds)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored, with its cause's fields among its own."""
        written: dict[str, Any] = encode(self)
        del written["cause"]
        return {**written, **self.cause.as_dict()}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Self:
        cause = Cause.from_dict(written, State(written["worst"]))
        changed_at = written.get("changed_at") or written["end"] or written["start"]  # not in older records
        return decode(cls, {**written, "cause": encode(cause), "changed_at": changed_at}, ignore_unknown=True)
