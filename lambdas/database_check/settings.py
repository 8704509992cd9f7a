from dataclasses import dataclass, field, make_dataclass
from datetime import timedelta
from typing import Any, TypeVar

from lambdas.database_check.check import Threshold
from lambdas.database_check.checks import CHECKS
from lambdas.shared.database_settings import DatabaseSettings

KEY = "subject"
"""The partition key of the table of states."""

_S = TypeVar("_S")


def _with_thresholds(settings: type[_S]) -> type[_S]:
    """The settings with a field for each threshold of the checks, so that none is declared twice."""
    fields: list[tuple[str, Any, Any]] = [
        (threshold.name, threshold.type, field(default=threshold.to_setting(threshold.default)))
        for check in CHECKS
        for threshold in check.thresholds
        if threshold.name
    ]
    return make_dataclass(settings.__name__, fields, bases=(settings,), frozen=True)


@_with_thresholds
@dataclass(frozen=True)
class Settings(DatabaseSettings):
    """The database, the thresholds of the checks, and what bounds a run."""

    state_table: str | None = None
    """The DynamoDB table that remembers counters between runs; without one they live as long as the process."""
    connections_metric: bool = True
    """Whether the share of connections in use is a metric; not where RDS counts them for nothing."""
    statement_timeout: timedelta = timedelta(seconds=2)
    time_limit: timedelta = timedelta(seconds=20)
    """For the whole check, logging in included."""

    def limit(self, threshold: Threshold) -> float:
        """The number in force for a threshold, in its unit."""
        return threshold.from_setting(getattr(self, threshold.name)) if threshold.name else threshold.default
