"""One endpoint's day in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from lambdas.shared.endpoint_state.latencies import Latencies
from lambdas.shared.endpoint_state.observation import Observation
from lambdas.vocabulary.codec import decode, encode
from lambdas.vocabulary.endpoints import State

_BITS = ("slots", "failed_slots", "uncounted_slots")
_LEFT_OUT_WHEN_EMPTY = ("failed_slots", "uncounted_slots", "slot_seconds", "maintenance_seconds")
"""So that the record of a good day stays below 1 KB, which one write unit takes."""


@dataclass(frozen=True)
class Day:
    """A day in UTC: what its checks saw, and how long each public state lasted of the time that was watched.

    Announced maintenance is kept apart when it is observed, and not computed later from incidents and windows.  So it
    is exact (a day's sums do not say when in the day something failed), costs a reader nothing, and no window that
    somebody announces or changes afterwards makes anything of what was counted before.
    """

    date: date
    checks: Mapping[State, int] = field(default_factory=dict)
    """Single observations, one per slot, outside of maintenance."""
    seconds: Mapping[State, float] = field(default_factory=dict)
    """By public state, outside of maintenance; unwatched time is in none of them.  The time between two observations
    belongs to the day of the later one."""
    latencies: Latencies = field(default_factory=Latencies)
    """Outside of maintenance."""
    slots: int = 0
    """A bit for each slot of the day that has been counted: a run that is repeated counts once."""
    failed_slots: int = 0
    """Of these the ones that found the endpoint down, outside of maintenance."""
    uncounted_slots: int = 0
    """Of these the ones that say nothing for the uptime: nothing was known, or it was maintenance."""
    slot_seconds: int = 0
    """How long a slot is; 0 in records of before the slots were kept by what they found."""
    maintenance_seconds: float = 0.0
    """How much of the watched time lay in announced maintenance."""

    @property
    def midnight(self) -> datetime:
        """Its beginning."""
        return datetime(self.date.year, self.date.month, self.date.day, tzinfo=UTC)

    @property
    def watched_seconds(self) -> float:
        """Outside of maintenance."""
        return sum(self.seconds.values())

    def counting(
        self, observation: Observation, slot: datetime, interval: timedelta, *, in_maintenance: bool = False
    ) -> Self:
        """With the observation of `slot`, unless that slot is counted already."""
        day = self._with_slots_of(round(interval.total_seconds()))
        bit = 1 << ((slot - self.midnight) // interval)
        if day.slots & bit:
            return self
        state, latency = observation.state, observation.response_ms
        uncounted = in_maintenance or state is State.UNKNOWN
        day = replace(
            day,
            slots=day.slots | bit,
            failed_slots=day.failed_slots | (bit if state is State.DOWN and not in_maintenance else 0),
            uncounted_slots=day.uncounted_slots | (bit if uncounted else 0),
        )
        if in_maintenance:
            return day
        return replace(
            day,
            checks={**self.checks, state: self.checks.get(state, 0) + 1},
            latencies=self.latencies if latency is None else self.latencies.including(latency),
        )

    def lasting(self, state: State, time: timedelta) -> Self:
        """With `time` more (or, below zero, less) in that public state."""
        seconds = round(self.seconds.get(state, 0.0) + time.total_seconds(), 3)
        return replace(self, seconds={**self.seconds, state: max(seconds, 0.0)})

    def maintained(self, time: timedelta) -> Self:
        """With `time` more in announced maintenance."""
        return replace(self, maintenance_seconds=round(self.maintenance_seconds + time.total_seconds(), 3))

    def counted_since(self, moment: datetime) -> tuple[int, int]:
        """How many checks from `moment` on count for the uptime, and how many of them found the endpoint down.

        Those are left out that were made before the slots were kept by what they found.
        """
        if not self.slot_seconds:
            return 0, 0
        first = max(-((self.midnight - moment) // timedelta(seconds=self.slot_seconds)), 0)
        counted = (self.slots & ~self.uncounted_slots) >> first
        return counted.bit_count(), (self.failed_slots >> first).bit_count()

    def _with_slots_of(self, seconds: int) -> Self:
        """Where the interval has changed within the day, or the record is an old one, the slots begin anew."""
        if seconds == self.slot_seconds:
            return self
        slots = self.slots if self.slot_seconds == 0 else 0
        return replace(self, slots=slots, failed_slots=0, uncounted_slots=slots, slot_seconds=seconds)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored, with the bits of its slots in hexadecimal."""
        written = {**encode(self), **{name: f"{getattr(self, name):x}" for name in _BITS}}
        return {name: of for name, of in written.items() if getattr(self, name) or name not in _LEFT_OUT_WHEN_EMPTY}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Self:
        bits = {name: int(written[name], 16) for name in _BITS if name in written}
        return decode(cls, {**written, **bits}, ignore_unknown=True)
