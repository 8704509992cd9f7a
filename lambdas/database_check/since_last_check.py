"""What happened between two checks, from counters that only ever rise."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

RISING = ("commits", "rollbacks", "deadlocks", "blocks_hit", "blocks_read", "temporary_bytes")


@dataclass(frozen=True)
class State:
    """What one check leaves to the next; `at` is ISO 8601 in UTC."""

    at: str
    counters: dict[str, Any]
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of the largest tables, by name, and of the whole database under the empty name."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, moment: datetime, values: dict[str, Any]) -> Self | None:
        """From a check's measurements; None when it could not read the counters."""
        counters = values.get("counters")
        if not counters:
            return None
        sizes = {table["table"]: table["bytes"] for table in values.get("largest_tables", [])}
        if database := values.get("database_size"):
            sizes[""] = database["bytes"]
        return cls(moment.isoformat(), counters, sizes)


def since(before: State | None, now: State | None) -> dict[str, Any] | str:
    """What happened in between, or why that cannot be told."""
    if now is None:
        return "the counters could not be read"
    if before is None:
        return "there is no earlier check to compare with"
    seconds = (datetime.fromisoformat(now.at) - datetime.fromisoformat(before.at)).total_seconds()
    if seconds <= 0:
        return f"the earlier check is of {before.at}, which is not earlier"
    if _began_anew(before.counters, now.counters):
        return "the statistics were reset, or this is another server, since the earlier check"
    risen = {name: now.counters[name] - before.counters[name] for name in RISING}
    return {
        "seconds": seconds,
        **risen,
        "rollback_percent": _percent(risen["rollbacks"], risen["rollbacks"] + risen["commits"]),
        "cache_hit_percent": _percent(risen["blocks_hit"], risen["blocks_hit"] + risen["blocks_read"]),
        "growth_bytes": {name: now.sizes[name] - before.sizes[name] for name in now.sizes if name in before.sizes},
    }


def _began_anew(before: dict[str, Any], now: dict[str, Any]) -> bool:
    # A crash empties the counters without a word in statistics_reset: then they fall.
    identity = ("database_id", "statistics_reset")
    return any(before.get(name) != now[name] for name in identity) or any(
        now[name] < before.get(name, 0) for name in RISING
    )


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
