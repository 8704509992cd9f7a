"""Which of the measurements become metrics: what is alarmed or graphed.  Each costs money; the log has the rest."""

from collections.abc import Callable, Iterable
from typing import Any

from lambdas.database_check.rules import Judgement, Values
from lambdas.database_check.settings import Settings
from lambdas.vocabulary.metrics import Metric


def metrics_of(values: Values, judgements: Iterable[Judgement], settings: Settings) -> dict[Metric, float]:
    """The metrics of a reachable database; one that was not measured is left out."""
    patience = settings.lock_wait.total_seconds()
    found: dict[Metric, float | None] = {
        metric: value(values[name]) for metric, (name, value) in PUBLISHED.items() if name in values
    }
    if (blocked := values.get("blocked_sessions")) is not None:
        found[Metric.BLOCKED_SESSIONS] = sum((session["seconds"] or 0) > patience for session in blocked)
    found[Metric.DATABASE_FINDINGS] = sum(judgement.metric is None for judgement in judgements)
    return {metric: value for metric, value in found.items() if value is not None}


def _longest(rows: list[dict[str, Any]]) -> float:
    return max((row["seconds"] or 0 for row in rows), default=0)


def _largest(rows: list[dict[str, Any]], *keys: str) -> float | None:
    return max((row[key] for row in rows for key in keys if row[key] is not None), default=None)


PUBLISHED: dict[Metric, tuple[str, Callable[[Any], float | None]]] = {
    Metric.CONNECTIONS_USED: ("connections", lambda row: row["used_percent"]),
    Metric.IDLE_IN_TRANSACTION: ("idle_in_transaction", _longest),
    Metric.LONGEST_QUERY: ("longest_queries", _longest),
    Metric.LONGEST_LOCK_WAIT: ("blocked_sessions", _longest),
    Metric.TRANSACTION_IDS_USED: ("transaction_ids", lambda rows: _largest(rows, "percent", "multixact_percent")),
    Metric.SEQUENCE_USED: ("sequences", lambda row: row["used_percent"]),
    Metric.REPLICATION_LAG: ("replication", lambda rows: _largest(rows, "lag_seconds")),
    Metric.INACTIVE_SLOTS: ("replication_slots", lambda rows: sum(not row["active"] for row in rows)),
    Metric.CHECKSUM_FAILURES: (
        "checksum_failures",
        lambda rows: sum(row["failures"] or 0 for row in rows) if rows else None,
    ),
    Metric.DATABASE_SIZE: ("database_size", lambda row: row["bytes"]),
    Metric.DEADLOCKS: ("since_last_check", lambda row: row["deadlocks"]),
    Metric.CACHE_HIT_RATIO: ("since_last_check", lambda row: row["cache_hit_percent"]),
}
"""The measurement that a metric is taken from, and how."""
