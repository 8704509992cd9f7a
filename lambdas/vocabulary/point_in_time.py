"""The point-in-time drill: RDS's own backups restored into a temporary instance, checked, deleted.

A state machine holds it: each step is a run of `point_in_time_drill`, which asks RDS and reaches no database, or of
`point_in_time_check`, which reaches the restored database and nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from lambdas.vocabulary.backups import Check
from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.drills import Occasion
from lambdas.vocabulary.names import Named, physical_name

PURPOSE: Final = "purpose"
"""The tag that the temporary instance has from its making on; nothing without it is ever deleted."""
DRILL: Final = "point-in-time-drill"
"""The tag's value."""
EXECUTION: Final = "execution"
"""The tag with the ARN of the execution that ordered the instance: no other one deletes it as its own."""
ORDERED_AT: Final = "ordered-at"
"""The tag with the time of the order, ISO 8601: RDS says no time of an instance that is only being made."""

LEFTOVER_AGE: Final = timedelta(hours=12)
"""An instance that is older was left behind, whoever made it: it is deleted, and it is an alarm."""
LONGEST_RESTORE: Final = timedelta(hours=8)
"""With the time that a refused deletion is tried again it stays below the age of a leftover."""

REFUSED: Final = "Refused"
"""The error of an execution that ordered nothing, because another drill is running."""


def drill_instance(environment: Named) -> str:
    """The temporary instance's name.

    It is one and the same: RDS itself refuses a second, so that two drills cannot leave two bills, and what may be
    restored into and deleted is named in full.
    """
    return physical_name(environment, DRILL)


class Step(StrEnum):
    """What a run of `point_in_time_drill` is for."""

    ORDER = "order"
    LOOK = "look"
    DELETE = "delete"
    RECORD = "record"
    REAP = "reap"
    """By schedule, apart from any drill."""


class Phase(StrEnum):
    """Where a drill is, by which the state machine goes on."""

    RESTORING = "restoring"
    AVAILABLE = "available"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Progress(JsonDocument):
    """What one step hands to the next; times in UTC."""

    phase: Phase
    at: datetime
    """When the drill was due by its schedule; on demand, when it was asked for."""
    occasion: Occasion
    requested_by: str
    reason: str
    failure: str = ""
    """Why it failed or was refused."""
    ordered_at: datetime | None = None
    restorable_at: datetime | None = None
    """The moment that the source is restored to."""
    version: str = ""
    """The source's, as RDS has it."""
    host: str = ""
    port: int = 0


@dataclass(frozen=True)
class Restored(JsonDocument):
    """What was found in the restored database."""

    checks: tuple[Check, ...]
    server_version: str
    database_bytes: int
    logged_in_at: datetime
    """The recovery's end: from here on it can be worked with."""
    seconds: float
    """That the checks took."""
