"""An event as it is kept: read, with an id and a time that can be, without secrets."""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from lambdas.error_intake.envelope import read_json
from lambdas.error_intake.losses import MALFORMED, SCRUBBER_FAILED, TOO_LARGE
from lambdas.error_intake.moments import happened_at
from lambdas.shared.error_tracking.scrubbing import scrubbed
from lambdas.shared.observability import logger

LARGEST: Final = 1 << 20
"""Bytes, as at Sentry."""
_IDENTIFIER = re.compile(r"[0-9a-f]{32}")


class LostError(Exception):
    """The event cannot be kept; `reason` is what the loss is counted under."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def event_of(
    payload: bytes, header: Mapping[str, Any], *, environment: str, received_at: datetime
) -> dict[str, Any] | None:
    """None for what is no error, such as a transaction; raises LostError."""
    if len(payload) > LARGEST:
        raise LostError(TOO_LARGE)
    try:
        event = read_json(payload)
    except ValueError:
        raise LostError(MALFORMED) from None
    if not isinstance(event, dict):
        raise LostError(MALFORMED)
    if event.get("type") not in (None, "", "event", "error", "default"):
        return None
    return {
        **_without_secrets(event, environment),
        "event_id": identifier_of(event.get("event_id")) or identifier_of(header.get("event_id")) or uuid.uuid4().hex,
        "timestamp": happened_at(event.get("timestamp"), header.get("sent_at"), received_at),
    }


def identifier_of(written: Any) -> str:
    """An id as it is kept; "" for what is none."""
    plain = written.replace("-", "").lower() if isinstance(written, str) else ""
    return plain if _IDENTIFIER.fullmatch(plain) else ""


def _without_secrets(event: Mapping[str, Any], environment: str) -> dict[str, Any]:
    try:
        return scrubbed(event, environment)
    except Exception as error:  # noqa: BLE001  (whatever it is: without it the event cannot be kept)
        # Its text may quote the event.
        logger.error("an event was dropped: it could not be scrubbed", error=type(error).__name__)
        raise LostError(SCRUBBER_FAILED) from None
