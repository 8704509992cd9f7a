"""Full drills: what was restored by schedule or on demand, and how that is recorded in the bucket of backups.

    _drills/<database>/<utc timestamp>-<occasion>.json                  the newest proven backup
    _drills/<database>/<utc timestamp>-<occasion>-point-in-time.json    RDS's own backups

No database can be called `_drills` (see `DATABASE_NAME`), so no backup lies there.  A record is never overwritten:
`verification.json` says what the last restore of one backup showed, the records what all drills did.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from lambdas.vocabulary.backups import Seconds, Verdict
from lambdas.vocabulary.codec import JsonDocument

DRILLS: Final = "_drills"
DRILL: Final = "drill"
"""The key of an event that asks for one; its value is true."""
RETENTION: Final = "drill"
"""The value of a record's `retention` tag: it outlives the backup that it is about."""
KEPT: Final = timedelta(days=460)
"""Fifteen months: a quarter can be compared with the same one of the year before."""
POINT_IN_TIME_FILES: Final = "*-point-in-time.json"
"""The keys' ends, as a pattern of IAM."""
_TIME: Final = "%Y%m%dT%H%M%SZ"
_QUARTERS_BEGIN: Final = (1, 4, 7, 10)


class Occasion(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    """The monthly one that falls on a quarter's first month."""
    ON_DEMAND = "on-demand"

    @classmethod
    def of_slot(cls, slot: datetime) -> "Occasion":
        return cls.QUARTER if slot.astimezone(UTC).month in _QUARTERS_BEGIN else cls.MONTH


class Kind(StrEnum):
    """What a drill restores."""

    BACKUP = "backup"
    """The newest proven backup, into an empty server of a function."""
    POINT_IN_TIME = "point-in-time"
    """RDS's own backups, into a temporary instance."""


_END: Final = {Kind.BACKUP: ".json", Kind.POINT_IN_TIME: POINT_IN_TIME_FILES.removeprefix("*")}


@dataclass(frozen=True)
class Drill(JsonDocument):
    """What one drill showed; times in UTC."""

    at: datetime
    """When it was due by its schedule; on demand, when it began."""
    occasion: Occasion
    database: str
    backup: str
    """The folder of the backup that was restored; of RDS's own backups the instance."""
    snapshot_at: datetime
    """The moment of the data."""
    database_bytes: int
    """Of the source at the snapshot; of a point-in-time drill what was restored, 0 where nothing was."""
    verdict: Verdict
    proven: bool
    """Whether the verdict counted as proof when it was given."""
    seconds: Seconds
    recovery_time_objective: float
    """Seconds."""
    server_version: str
    requested_by: str
    reason: str
    findings: tuple[str, ...] = ()
    """The checks that were not passed, with their details."""
    kind: Kind = Kind.BACKUP
    """Records without it are older than the second kind."""

    @property
    def is_within_objective(self) -> bool:
        return self.seconds.total <= self.recovery_time_objective

    @property
    def is_good(self) -> bool:
        """Whether it proved that the data comes back in time."""
        return self.proven and self.is_within_objective

    @property
    def key(self) -> str:
        return key_of(self.database, self.at, self.occasion, self.kind)


def folder_of(database: str) -> str:
    return f"{DRILLS}/{database}/"


def key_of(database: str, at: datetime, occasion: Occasion, kind: Kind = Kind.BACKUP) -> str:
    """Sorts by time; the same slot is the same key."""
    return f"{folder_of(database)}{at.astimezone(UTC).strftime(_TIME)}-{occasion}{_END[kind]}"


def kind_of(key: str) -> Kind:
    return Kind.POINT_IN_TIME if key.endswith(_END[Kind.POINT_IN_TIME]) else Kind.BACKUP


def keys_since(database: str, since: datetime) -> str:
    """What sorts before all keys of drills at `since` or later, and after all earlier ones."""
    return folder_of(database) + since.astimezone(UTC).strftime(_TIME)
