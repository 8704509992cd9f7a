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
