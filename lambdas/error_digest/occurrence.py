"""One event, as far as counting it needs to know."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from lambdas.shared.clock import CLOCK_TOLERANCE
from lambdas.shared.error_tracking.grouping import Group, group
from lambdas.shared.error_tracking.items import name_of, user_digest
from lambdas.shared.masking import MASK
from lambdas.vocabulary.error_tracking import Batch, Event, Source

OLDEST: Final = timedelta(days=30)
"""An event that says it is older comes from a clock that is wrong: clients keep none so long."""
LEVELS: Final = ("debug", "info", "warning", "error", "fatal")
_EVENT_ID = re.compile(r"[0-9a-f]{32}")
_MILLISECONDS = 1e11
"""A number of seconds above it would be of the year 5138: some clients send milliseconds."""

Mapped = Callable[[str, Event], Event]
"""The event of a project with its frames mapped to the source."""


class Occurrence(NamedTuple):
    recall: Callable[[], Event]
    """The event itself: held, or read again, as few are needed after they were grouped."""
    group: Group
    event_id: str
    at: datetime
    release: str
    environment: str
    user: str
    """A digest; empty when nobody is known."""
    level: str
    source: Source

    @property
    def is_error(self) -> bool:
        return self.level in ("error", "fatal")


def occurrence_of(event: Event, recall: Callable[[], Event], batch: Batch, fallback_id: str) -> Occurrence:
    """Of an event that is mapped already; `fallback_id` identifies one without an id of its own."""
    level = event.get("level")
    return Occurrence(
        recall,
        group(event),
        _id_of(event, fallback_id),
        _moment_of(event.get("timestamp"), batch.received_at),
        name_of(event.get("release")),
        name_of(event.get("environment")),
        _user_of(event.get("user"), batch.project),
        level if level in LEVELS else "error",
        batch.source,
    )


def _id_of(event: Event, fallback: str) -> str:
    written = event.get("event_id")
    bare = written.replace("-", "").lower() if isinstance(written, str) and len(written) <= 36 else ""  # noqa: PLR2004  (a UUID's length)
    return bare if _EVENT_ID.fullmatch(bare) else hashlib.sha256(fallback.encode()).hexdigest()[:32]


def _moment_of(written: Any, received_at: datetime) -> datetime:
    """When it happened; when it was received, where its clock cannot be right."""
    try:
        at = _parsed(written)
    except (ValueError, OverflowError, OSError):
        return received_at
    return at if at and received_at - OLDEST <= at <= received_at + CLOCK_TOLERANCE else received_at


def _parsed(written: Any) -> datetime | None:
    match written:
        case bool():
            return None
        case int() | float():
            return datetime.fromtimestamp(written / 1000 if written > _MILLISECONDS else written, UTC)
        case str() if len(written) <= 40:  # noqa: PLR2004  (of ISO 8601, with room)
            at = datetime.fromisoformat(written)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return None


def _user_of(written: Any, project: str) -> str:
    if not isinstance(written, dict):
        return ""
    for name in ("id", "username", "email"):
        value = written.get(name)
        if isinstance(value, str | int) and value != "" and MASK not in str(value):
            return user_digest(project, str(value))
    return ""
