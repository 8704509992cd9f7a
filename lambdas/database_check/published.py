"""Which of the measurements become metrics: what is alarmed or graphed.  Each costs money; the log has the rest.

A metric is paid for by the hour in which it is sent.  What matters in trouble only is sent only while there is trouble.
"""

from collections.abc import Callable, Iterable
from typing import Any

from lambdas.database_check.rules import Judgement, Values
from lambdas.database_check.rules.judgement import over
from lambdas.database_check.rules.replication import neglected_slots
from lambdas.database_check.settings import Settings
from lambdas.vocabulary.metrics import Metric


def metrics_of(values: Values, judgements: Iterable[Judgement], settings: Settings) -> dict[Metric, float]:
    """The metrics of a reachable database; one that was not measured, or is of trouble that is not there, is left out.

    What is trouble, the judgements say: their thresholds are the alarms'.
    """
    judged = [judgement.metric for judgement in judgements]
    steady = STEADY if settings.connections_metric else {}
    found: dict[Metric, float | None] = {
        metric: value(values[name], settings)
        for metric, (name, value) in {**steady, **IN_TROUBLE}.items()
        if name in values and (metric in steady or metric in judged)
    }
    if others := judged.count(None):
        found[Metric.DATABASE_FINDINGS] = others
    return {metric: value for metric, value in found.items() if value is not None}


def _longest(rows: list[dict[str, Any]], _settings: Settings) -> float:
    return max((row["seconds"] or 0 for row in rows), default=0)


def _blocked(sessions: list[dict[str, Any]], settings: Settings) -> float:
    return len(over(sessions, settings.lock_wait))


def _largest(rows: list[dict[str, Any]], *keys: str) -> float | None:
    return max((row[key] for row in rows for key in keys if row[key] is not None), default=None)


Value = Callable[[Any, Settings], float | None]

STEADY: dict[Metric, tuple[str, Value]] = {
    Metric.CONNECTIONS_USED: ("connections", lambda row, _: row["used_percent"]),
}
"""The measurement that a metric is taken from, and how."""

IN_TROUBLE: dict[Metric, tuple[str, Value]] = {
    Metric.IDLE_IN_TRANSACTION: ("idle_in_transaction", _longest),
    Metric.PREPARED_TRANSACTION: ("prepared_transactions", _longest),
    Metric.LONGEST_QUERY: ("longest_queries", _longest),
    Metric.BLOCKED_SESSIONS: ("blocked_sessions", _blocked),
    Metric.TRANSACTION_IDS_USED: ("transaction_ids", lambda rows, _: _largest(rows, "percent", "multixact_percent")),
    Metric.SEQUENCE_USED: ("sequences", lambda row, _: row["used_percent"]),
    Metric.REPLICATION_LAG: ("replication", lambda rows, _: _largest(rows, "lag_seconds")),
    Metric.INACTIVE_SLOTS: ("replication_slots", lambda rows, _: len(neglected_slots(rows))),
    Metric.CHECKSUM_FAILURES: ("checksum_failures", lambda rows, _: sum(row["failures"] or 0 for row in rows)),
    Metric.DEADLOCKS: ("since_last_check", lambda row, _: row["deadlocks"]),
}
"""The same, of those that are sent while they are judged."""
