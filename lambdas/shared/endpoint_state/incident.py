"""A time in which an endpoint was degraded or down."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from lambdas.vocabulary.endpoints import State

TROUBLE = frozenset({State.DEGRADED, State.DOWN})
"""What makes an incident; slow alone does not."""


@dataclass(frozen=True)
class Incident:
    start: datetime
    """The first bad observation."""
    worst: State
    reason: str
    """Of the worst state."""
    end: datetime | None = None
    """The first observation that was fine again; None while it lasts."""
    down_seconds: float = 0.0
    """How much of it the endpoint was down; known when it is over."""

    def worsened(self, state: State, reason: str) -> Self:
        return replace(self, worst=state, reason=reason)

    def as_dict(self) -> dict[str, Any]:
        return {
            "start": self.start.isoformat(),
            "worst": self.worst,
            "reason": self.reason,
            "end": self.end and self.end.isoformat(),
            "down_seconds": self.down_seconds,
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Self:
        end = written["end"]
        return cls(
            start=datetime.fromisoformat(written["start"]),
            worst=State(written["worst"]),
            reason=written["reason"],
            end=None if end is None else datetime.fromisoformat(end),
            down_seconds=written["down_seconds"],
        )
