"""Every metric the system publishes: its name, its unit and the dimensions that it carries."""

from enum import StrEnum
from typing import Self

NAMESPACE = "JunkOS"


class Unit(StrEnum):
    """CloudWatch's own unit names."""

    BYTES = "Bytes"
    COUNT = "Count"
    MILLISECONDS = "Milliseconds"
    PERCENT = "Percent"
    SECONDS = "Seconds"
    NONE = "None"


class Dimension(StrEnum):
    ENVIRONMENT = "environment"
    DATABASE = "database"


class Metric(StrEnum):
    """A metric's name; `unit` is what its values are measured in."""

    unit: Unit

    def __new__(cls, name: str, unit: Unit) -> Self:
        member = str.__new__(cls, name)
        member._value_ = name
        member.unit = unit
        return member

    BACKUP_AGE = "backup_age", Unit.SECONDS
    """Time since the snapshot of the newest committed backup."""
    VERIFIED_BACKUP_AGE = "verified_backup_age", Unit.SECONDS
    """Time since the snapshot of the newest backup whose restore was proven."""
    RESTORABLE_TIME_AGE = "restorable_time_age", Unit.SECONDS
    """Time since the latest moment that RDS can restore to."""
    BACKUP_DURATION = "backup_duration", Unit.SECONDS
    BACKUP_STORED_SIZE = "backup_stored_size", Unit.BYTES
    BACKUP_ROWS = "backup_rows", Unit.COUNT
    RECOVERY_DURATION = "recovery_duration", Unit.SECONDS
    """Fetch, restore and verify together: what a recovery would take."""
    VERIFICATION_FAILED = "verification_failed", Unit.COUNT
    """1 when a backup was not proven, 0 when it was."""

    DATABASE_REACHABLE = "database_reachable", Unit.COUNT
    """1 when the database let the check log in and answered, 0 when not."""
    DATABASE_LATENCY = "database_latency", Unit.MILLISECONDS
    """The round trip of `SELECT 1`."""
    CONNECTIONS_USED = "connections_used", Unit.PERCENT
    IDLE_IN_TRANSACTION = "idle_in_transaction", Unit.SECONDS
    """How long the worst session has held a transaction open without doing anything."""
    LONGEST_QUERY = "longest_query", Unit.SECONDS
    BLOCKED_SESSIONS = "blocked_sessions", Unit.COUNT
    """Sessions that have waited for a lock for longer than the settings allow."""
    LONGEST_LOCK_WAIT = "longest_lock_wait", Unit.SECONDS
    TRANSACTION_IDS_USED = "transaction_ids_used", Unit.PERCENT
    """Of transaction or multixact ids, whichever is worse; at 100 % the server stops writing."""
    REPLICATION_LAG = "replication_lag", Unit.SECONDS
    INACTIVE_SLOTS = "inactive_slots", Unit.COUNT
    DEADLOCKS = "deadlocks", Unit.COUNT
    """Since the check before."""
    CACHE_HIT_RATIO = "cache_hit_ratio", Unit.PERCENT
    SEQUENCE_USED = "sequence_used", Unit.PERCENT
    """Of the sequence that is nearest to its end."""
    CHECKSUM_FAILURES = "checksum_failures", Unit.COUNT
    DATABASE_SIZE = "database_size", Unit.BYTES
    DATABASE_FINDINGS = "database_findings", Unit.COUNT
    """What the check found that none of the other metrics tells; its log lines say what."""
