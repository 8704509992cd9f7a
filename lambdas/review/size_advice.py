"""Whether the database's instance is of the right size: pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lambdas.vocabulary.instance_classes import GIBIBYTE, InstanceCapacity

CPU_HIGH, MEMORY_HIGH, CONNECTIONS_HIGH = 80.0, 90.0, 80.0
"""Per cent, those of the alarms."""
ROOM: Final = 0.5
"""A class of half the size must be within the same limits."""
USUALLY: Final = 0.95
"""Of all hours: a night's batch alone makes no instance too small."""
LEAST_HOURS: Final = 72


class Advice(StrEnum):
    UP = "one size up"
    KEEP = "keep"
    DOWN = "one size down"


@dataclass(frozen=True)
class Used:
    """Per cent of the class, in nearly all hours no more than this."""

    cpu: float
    memory: float
    connections: float

    @property
    def over(self) -> tuple[str, ...]:
        limits = {"CPU": CPU_HIGH, "memory": MEMORY_HIGH, "connections": CONNECTIONS_HIGH}
        used = {"CPU": self.cpu, "memory": self.memory, "connections": self.connections}
        return tuple(name for name, limit in limits.items() if used[name] > limit)


def used(
    capacity: InstanceCapacity, cpu: Sequence[float], freeable_bytes: Sequence[float], connections: Sequence[float]
) -> Used:
    """By hour: the mean CPU in per cent, the least freeable memory, the most connections.

    PostgreSQL keeps a quarter of the memory for itself from the start: freeable is what is left of all of it.
    """
    total = capacity.memory_gib * GIBIBYTE
    taken = [100 * (1 - min(free / total, 1)) for free in freeable_bytes]
    return Used(usually_below(cpu), usually_below(taken), 100 * usually_below(connections) / capacity.max_connections)


def usually_below(values: Sequence[float]) -> float:
    """The value that `USUALLY` of all hours do not exceed."""
    ordered = sorted(values)
    return ordered[min(math.ceil(USUALLY * len(ordered)), len(ordered)) - 1]


def advise(of: Used) -> Advice:
    if of.over:
        return Advice.UP
    # Half of the memory, of the processors, and of the connections that RDS allows by default.
    halved = Used(of.cpu / ROOM, of.memory / ROOM, of.connections / ROOM)
    return Advice.KEEP if halved.over else Advice.DOWN
