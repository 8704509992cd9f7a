"""Standbys that are behind, and readers that do not come."""

from collections.abc import Iterator
from typing import Any

from lambdas.database_check.rules.judgement import Judgement, Rule, Values, duration, limit_of, size_of
from lambdas.database_check.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric


def replication_lag(values: Values, settings: Settings) -> Iterator[Judgement]:
    for standby in values.get("replication", []):
        if (standby["lag_seconds"] or 0) > settings.replication_lag.total_seconds():
            yield Judgement(
                "replication_lag",
                Level.MEDIUM,
                f"{_how_far_behind(standby)} (threshold {limit_of(settings.replication_lag)})",
                Metric.REPLICATION_LAG,
            )


def _how_far_behind(standby: dict[str, Any]) -> str:
    lag = duration(standby["lag_seconds"])
    if standby["state"] == "disconnected":
        return f"{standby['standby']} has no connection to its primary, and the newest commit that it has is {lag} old"
    if not standby["confirms"]:
        return f"{standby['standby']} has confirmed nothing of what it was sent since it connected {lag} ago"
    return f"{standby['standby']} is {lag} behind"


def inactive_slots(values: Values, settings: Settings) -> Iterator[Judgement]:
    neglected = neglected_slots(values.get("replication_slots", []))
    if len(neglected) > settings.inactive_slots:
        for slot in neglected:
            yield Judgement(
                "inactive_slot",
                Level.HIGH,
                f"{_what_is_wrong_with(slot)} (threshold {settings.inactive_slots} such slots)",
                Metric.INACTIVE_SLOTS,
            )


def neglected_slots(slots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those without a reader, and those whose reader does not keep up: more is kept for them than max_wal_size."""
    return [slot for slot in slots if not slot["active"] or slot["wal_status"] not in ("reserved", None)]


def _what_is_wrong_with(slot: dict[str, Any]) -> str:
    name, kept = f"replication slot {slot['slot']}", size_of(slot["retained_bytes"] or 0)
    if slot["wal_status"] == "lost":
        reason = f" ({slot['invalidation_reason']})" if slot["invalidation_reason"] else ""
        return (
            f"{name} is lost{reason}: the server no longer has what its reader needs next,"
            " so drop it and set the reader up anew"
        )
    if slot["active"]:
        return f"the reader of {name} does not confirm what it reads: {kept} of write-ahead log are kept for it"
    since = f" since {slot['inactive_since']}" if slot["inactive_since"] else ""
    return f"nobody reads from {name}{since}; {kept} of write-ahead log are kept for it"


RULES: tuple[Rule, ...] = (replication_lag, inactive_slots)
