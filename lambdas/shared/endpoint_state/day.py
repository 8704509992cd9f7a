"""One endpoint's day in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from lambdas.shared.endpoint_state.latencies import Latencies
from lambdas.shared.endpoint_state.observation import Observation
from lambdas.vocabulary.codec import decode, encode
from lambdas.vocabulary.endpoints import State


@dataclass(frozen=True)
class Day:
    """A day in UTC: what its checks saw, and how long each public state lasted of the time that was watched."""

    date: date
    checks: Mapping[State, int] = field(default_factory=dict)
    """Single observations, one per slot."""
    seconds: Mapping[State, float] = field(default_factory=dict)
    """By public state; unwatched time is in none of them.  The time between two observations belongs to
    the day of the later one."""
    latencies: Latencies = field(default_factory=Latencies)
    slots: int = 0
    """A bit for each slot of the day that has been counted: a run that is repeated counts once."""

    @property
    def midnight(self) -> datetime:
        """Its beginning."""
        return datetime(self.date.year, self.date.month, self.date.day, tzinfo=UTC)

    @property
    def watched_seconds(self) -> float:
        return sum(self.seconds.values())

    def counting(self, observation: Observation, slot: datetime, interval: timedelta) -> Self:
        """With the observation of `slot`, unless that slot is counted already."""
        bit = 1 << ((slot - self.midnight) // interval)
        if self.slots & bit:
            return self
        state, latency = observation.state, observation.response_ms
        return replace(
            self,
            slots=self.slots | bit,
            checks={**self.checks, state: self.checks.get(state, 0) + 1},
            latencies=self.latencies if latency is None else self.latencies.including(latency),
        )

    def lasting(self, state: State, time: timedelta) -> Self:
        """With `time` more (or, below zero, less) in that public state."""
        seconds = round(self.seconds.get(state, 0.0) + time.total_seconds(), 3)
        return replace(self, seconds={**self.seconds, state: max(seconds, 0.0)})

    def as_dict(self) -> dict[str, Any]:
        """As it is stored, with the bits of its slots in hexadecimal."""
        return {**encode(self), "slots": f"{self.slots:x}"}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Self:
        return decode(cls, {**written, "slots": int(written["slots"], 16)}, ignore_unknown=True)
