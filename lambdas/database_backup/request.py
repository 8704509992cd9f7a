"""What one invocation asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.database_backup.errors import SourceNotReadyError
from lambdas.shared.clock import CLOCK_TOLERANCE, Clock, now
from lambdas.vocabulary.backups import prefix_of

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No schedule is as old; a year of fewer than four digits would make a folder that nobody finds."""
_QUOTED, _KEPT = 60, 500  # letters of what came in the event, in an error and in the manifest


@dataclass(frozen=True)
class Request:
    """A backup for a slot of the schedule, or, without one, on demand; `id` is the invocation's own."""

    id: str
    slot: datetime | None
    correlation_id: str
    requested_by: str
    reason: str

    @classmethod
    def of(cls, event: Any, request_id: str, clock: Clock = now) -> "Request":
        """Read an event; one without a `slot` is a request on demand.

        Raises SourceNotReadyError when the slot is no moment that a schedule can have been due at.
        """
        event = event if isinstance(event, dict) else {}
        slot = None if event.get("slot") is None else _moment(event["slot"], clock())
        return cls(
            id=request_id,
            slot=slot,
            correlation_id=_text(event, "correlation_id") or (_name(slot) if slot else request_id),
            requested_by=_text(event, "requested_by") or ("schedule" if slot else "on demand"),
            reason=_text(event, "reason"),
        )

    def prefix(self, database: str, moment: datetime) -> str:
        """The backup's folder: a function of the slot alone, so that the same slot twice is the same backup."""
        if self.slot:
            return prefix_of(database, self.slot, key=_name(self.slot))
        return prefix_of(database, moment, key=self.id)


def _moment(slot: Any, at: datetime) -> datetime:
    quoted = repr(slot)[:_QUOTED]
    try:
        moment = datetime.fromisoformat(slot)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        raise SourceNotReadyError(
            f"the event's slot {quoted} is no ISO 8601 time (the schedule must pass its scheduled time)"
        ) from None
    if not _EARLIEST <= moment <= at + CLOCK_TOLERANCE:
        raise SourceNotReadyError(
            f"the event's slot {quoted} is no time at which a schedule has been due: its backup would lie in the wrong"
            " place among the others (pass the scheduled time, or leave slot out for a backup of now)"
        )
    return moment


def _text(event: Mapping[str, Any], name: str) -> str:
    """A field as text that fits into a manifest: JSON may carry half a letter, which UTF-8 cannot."""
    return str(event.get(name) or "")[:_KEPT].encode(errors="replace").decode()


def _name(slot: datetime) -> str:
    return f"{slot:%Y%m%dT%H%M%SZ}"
