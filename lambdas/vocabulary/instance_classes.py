"""What the classes of RDS for PostgreSQL have: memory, processors, and what they can only do for a while.

Sources: RDS's table of hardware specifications, and EC2's table of EBS bandwidth for which sizes burst.  The tests hold
the families and sizes against the list of classes that cfn-lint takes from AWS.
"""

from dataclasses import dataclass

GIBIBYTE = 1024**3
_CONNECTION = 9_531_392  # bytes of memory for which RDS's default max_connections grows by one
_MOST_CONNECTIONS = 5000


@dataclass(frozen=True)
class InstanceCapacity:
    """What thresholds are computed from."""

    memory_gib: float
    """As RDS's table gives it."""
    vcpus: int
    has_cpu_credits: bool = False
    bursts_to_storage: bool = False
    """Its bandwidth to EBS is above the baseline for a while only, and RDS publishes how much of that is left."""

    @property
    def usable_memory(self) -> int:
        """Bytes that RDS leaves to PostgreSQL: its `DBInstanceClassMemory`, which it does not publish.

        Fitted to the default `max_connections` that is known of instances of 1 to 16 GiB (for MySQL 66, 150, 312, 648
        and 1320, for PostgreSQL 87), which divides the same variable.  Newer classes were seen up to 10 % below it.
        """
        return round((0.98 * self.memory_gib - 0.21) * GIBIBYTE)

    @property
    def max_connections(self) -> int:
        """RDS's default, `LEAST({DBInstanceClassMemory/9531392},5000)`, as uncertain as the memory."""
        return min(self.usable_memory // _CONNECTION, _MOST_CONNECTIONS)


_VCPUS = {"micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4} | {
    f"{times}xlarge": 4 * times for times in (2, 4, 8, 12, 16, 24, 32, 48)
}
_LARGE_AND_ABOVE = tuple(_VCPUS)[3:]
_BURSTABLE_MEMORY = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
# GiB for each processor, and the largest size whose bandwidth to EBS bursts.
_FAMILIES = {
    "m5 m5d m6g m6gd": (4, "2xlarge"),
    "m6i m6id m6in m6idn m7g m7i m8a m8g m8gd m9g": (4, "4xlarge"),
    "r5 r5b r5d r6g r6gd": (8, "2xlarge"),
    "r6i r6id r6in r6idn r7g r7i r8a r8g r8gd": (8, "4xlarge"),
    "x2g": (16, "2xlarge"),
    "x2idn": (16, None),
    "x2iedn": (32, "4xlarge"),
}


def _table() -> dict[str, InstanceCapacity]:
    table = {
        f"{family}.{size}": InstanceCapacity(memory, _VCPUS[size], has_cpu_credits=True, bursts_to_storage=True)
        for family in ("t3", "t4g")
        for size, memory in _BURSTABLE_MEMORY.items()
    }
    for families, (ratio, largest) in _FAMILIES.items():
        bursting = _LARGE_AND_ABOVE[: _LARGE_AND_ABOVE.index(largest) + 1] if largest else ()
        for size in _LARGE_AND_ABOVE:
            capacity = InstanceCapacity(ratio * _VCPUS[size], _VCPUS[size], bursts_to_storage=size in bursting)
            table |= {f"{family}.{size}": capacity for family in families.split()}
    return table


INSTANCE_CLASSES = _table()


def sizes_beside(instance_class: str) -> tuple[str | None, str | None]:
    """The next smaller and the next larger class of the same family; None where there is none."""
    family = instance_class.rpartition(".")[0]
    ordered = [f"{family}.{size}" for size in _VCPUS if f"{family}.{size}" in INSTANCE_CLASSES]
    place = ordered.index(instance_class)
    return (
        ordered[place - 1] if place else None,
        ordered[place + 1] if place + 1 < len(ordered) else None,
    )
