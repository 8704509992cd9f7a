from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.database_settings import DatabaseSettings

KEY = "subject"
"""The partition key of the table of states."""


@dataclass(frozen=True)
class Settings(DatabaseSettings):
    """The database, and from where on something about it is told; percentages are of what there is."""

    state_table: str | None = None
    """The DynamoDB table that remembers counters between runs; without one they live as long as the process."""
    connections_percent: float = 80
    connections_metric: bool = True
    """Whether the share of connections in use is a metric; not where RDS counts them for nothing."""
    idle_in_transaction: timedelta = timedelta(minutes=5)
    prepared_transaction: timedelta = timedelta(minutes=5)
    """One that is prepared for longer was forgotten: who coordinates it commits or rolls back at once."""
    longest_query: timedelta = timedelta(minutes=5)
    lock_wait: timedelta = timedelta(seconds=10)
    """A session that waits longer for a lock counts as blocked; shorter waits belong to every busy server."""
    transaction_ids_percent: float = 50
    transaction_ids_critical_percent: float = 75
    replication_lag: timedelta = timedelta(minutes=5)
    inactive_slots: int = 0
    deadlocks: int = 0
    """Between two checks."""
    sequence_percent: float = 75
    sequence_critical_percent: float = 90
    checksum_failures: int = 0
    dead_rows_times_over: float = 2
    """Dead rows, in multiples of what makes autovacuum start."""
    slow_statement: timedelta = timedelta(seconds=1)
    """The mean time from which on a statement is listed as slow."""
    statement_timeout: timedelta = timedelta(seconds=2)
    time_limit: timedelta = timedelta(seconds=20)
    """For the whole check, logging in included."""
