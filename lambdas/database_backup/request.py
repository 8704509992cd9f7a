"""What one invocation asks for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.database_backup.errors import SourceNotReadyError
from lambdas.vocabulary.backups import prefix_of


@dataclass(frozen=True)
class Request:
    """A backup for a slot of the schedule, or, without one, on demand; `id` is the invocation's own."""

    id: str
    slot: datetime | None
    correlation_id: str
    requested_by: str
    reason: str

    @classmethod
    def of(cls, event: Any, request_id: str) -> "Request":
        """Read an event; one without a `slot` is a request on demand."""
        event = event if isinstance(event, dict) else {}
        slot = _moment(event["slot"]) if event.get("slot") else None
        return cls(
            id=request_id,
            slot=slot,
            correlation_id=str(event.get("correlation_id") or (_name(slot) if slot else request_id)),
            requested_by=str(event.get("requested_by") or ("schedule" if slot else "on demand")),
            reason=str(event.get("reason") or ""),
        )

    def prefix(self, database: str, moment: datetime) -> str:
        """The backup's folder: a function of the slot alone, so that the same slot twice is the same backup."""
        if self.slot:
            return prefix_of(database, self.slot, key=_name(self.slot))
        return prefix_of(database, moment, key=self.id)


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise SourceNotReadyError(
            f"the event's slot {text!r} is no ISO 8601 time (the schedule must pass its scheduled time)"
        ) from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _name(slot: datetime) -> str:
    return f"{slot:%Y%m%dT%H%M%SZ}"
