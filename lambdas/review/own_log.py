"""Lines of this system's own functions, by their message."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from lambdas.review.section import UnknownError

_MOST_PAGES: Final = 50

Line = Mapping[str, Any]


def newest_line(logs: Any, group: str, message: str, since: datetime, until: datetime) -> tuple[datetime, Line] | None:
    """The last line with this message, and when it was written; None where there is none."""
    return max(_lines(logs, group, message, since, until), key=lambda found: found[0], default=None)


def first_line(logs: Any, group: str, message: str, since: datetime, until: datetime) -> tuple[datetime, Line] | None:
    return min(_lines(logs, group, message, since, until), key=lambda found: found[0], default=None)


def _lines(logs: Any, group: str, message: str, since: datetime, until: datetime) -> list[tuple[datetime, Line]]:
    """FilterLogEvents costs nothing.  Raises UnknownError where the log is longer than what is read of it."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group,
        filterPattern=f'{{ $.message = "{message}" }}',
        startTime=_milliseconds(since),
        endTime=_milliseconds(until),
    )
    found: list[tuple[datetime, Line]] = []
    for number, page in enumerate(pages):
        if number == _MOST_PAGES:
            raise UnknownError(f"log {group} is too long to be searched for “{message}”")
        for event in page["events"]:
            line = _read(event["message"])
            if line and line.get("message") == message:
                found.append((datetime.fromtimestamp(event["timestamp"] / 1000, UTC), line))
    return found


def _read(written: str) -> Line | None:
    """None for a line that masking broke."""
    try:
        line = json.loads(written)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
