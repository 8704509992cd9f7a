"""Standbys that are behind, and readers that do not come."""

from collections.abc import Iterator

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
                f"{standby['standby']} is {duration(standby['lag_seconds'])} behind"
                f" (threshold {limit_of(settings.replication_lag)})",
                Metric.REPLICATION_LAG,
            )


def inactive_slots(values: Values, settings: Settings) -> Iterator[Judgement]:
    inactive = [slot for slot in values.get("replication_slots", []) if not slot["active"]]
    if len(inactive) > settings.inactive_slots:
        for slot in inactive:
            since = f" since {slot['inactive_since']}" if slot["inactive_since"] else ""
            yield Judgement(
                "inactive_slot",
                Level.HIGH,
                f"nobody reads from replication slot {slot['slot']}{since}; {size_of(slot['retained_bytes'] or 0)} of"
                f" write-ahead log are kept for it (threshold {settings.inactive_slots} inactive slots)",
                Metric.INACTIVE_SLOTS,
            )


RULES: tuple[Rule, ...] = (replication_lag, inactive_slots)
