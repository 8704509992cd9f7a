"""Full drills as they are asked for, and as they are recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.shared.drills import read_drill
from lambdas.shared.observability import logger
from lambdas.vocabulary.backups import RETENTION_TAG
from lambdas.vocabulary.drills import RETENTION, Drill, Occasion


class BadSlotError(Exception):
    """The event's slot is no time; sending it again will not help."""


@dataclass(frozen=True)
class DrillRequest:
    at: datetime
    """The schedule's time, or when it was asked for."""
    occasion: Occasion
    requested_by: str
    reason: str

    @classmethod
    def of(cls, event: Mapping[str, Any], at: datetime) -> "DrillRequest":
        """What an event with a schedule's `slot` asks for, or an operator's without.  Raises BadSlotError."""
        slot = event.get("slot")
        if slot is None:
            asked_by, reason = str(event.get("requested_by", "operator")), str(event.get("reason", "on demand"))
            return cls(at, Occasion.ON_DEMAND, asked_by, reason)
        try:
            due = datetime.fromisoformat(slot)
            occasion = Occasion.of_slot(due)
        except (TypeError, ValueError):
            raise BadSlotError(f"the drill's slot {slot!r:.60} is no ISO 8601 time") from None
        return cls(due, occasion, "schedule", f"full drill of the {occasion}")


def record(s3: Any, bucket: str, drill: Drill) -> Drill:
    """Write it unless it is there: of two runs for one slot the first is the drill, which is returned then."""
    try:
        s3.put_object(
            Bucket=bucket,
            Key=drill.key,
            Body=drill.to_json().encode(),
            ContentType="application/json",
            Tagging=f"{RETENTION_TAG}={RETENTION}",
            IfNoneMatch="*",
        )
    except s3.exceptions.ClientError as error:
        first = read_drill(s3, bucket, drill.key)
        if first is None:
            raise
        logger.warning("another run recorded this drill first", drill=drill.key, reason=str(error))
        return first
    logger.info("drill recorded", drill=drill.key, verdict=drill.verdict, within_objective=drill.is_within_objective)
    return drill
