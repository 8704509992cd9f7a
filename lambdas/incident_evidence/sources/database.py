"""What the database check found last, by its log; sessions that others wait for first."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lambdas.database_check.checks.blocked_sessions import BLOCKED_SESSIONS
from lambdas.database_check.words import CHECKED
from lambdas.incident_evidence.source import Found, Situation, Source
from lambdas.shared.quantities import duration

_RUN: Final = "function_request_id"
_LATE: Final = timedelta(minutes=2)
"""What a run takes, and its lines to be found."""
_MOST: Final = 2000
"""Lines that are read: two runs have some fifty, and the newest come last."""

Line = Mapping[str, Any]


def _look(situation: Situation) -> Found:
    since = 2 * situation.settings.database_check_interval + _LATE
    pages = (
        situation.client("logs")
        .get_paginator("filter_log_events")
        .paginate(
            logGroupName=situation.settings.database_check_log,
            startTime=_milliseconds(situation.at - since),
            PaginationConfig={"MaxItems": _MOST},
        )
    )
    events = sorted((event for page in pages for event in page["events"]), key=lambda event: event["timestamp"])
    run = _newest_run([(event["timestamp"], line) for event in events if (line := _line(event["message"]))])
    if not run:
        return Found((f"no check ended in the last {duration(since)}",))
    when = situation.from_opening(datetime.fromtimestamp(run[-1][0] / 1000, UTC))
    return Found(tuple(f"{found} ({when})" for found in _messages([line for _, line in run])))


def _newest_run(lines: list[tuple[int, Line]]) -> list[tuple[int, Line]]:
    """All lines of the last run that ended: a run that goes on says nothing yet."""
    ended = [line[_RUN] for _, line in lines if line["message"] == CHECKED or _is_unreachable(line)]
    return [(at, line) for at, line in lines if line[_RUN] == ended[-1]] if ended else []


def _messages(lines: Iterable[Line]) -> list[str]:
    """One for each finding; the check writes the worst first."""
    found = [line for line in lines if "level_of_alert" in line]
    blocked = [line for line in found if line.get("judgement") == _BLOCKED]
    others = [line for line in found if line.get("judgement") != _BLOCKED]
    return [f"{line['level_of_alert']}: {line['message']}" for line in (*blocked, *others)] or ["nothing found"]


def _is_unreachable(line: Line) -> bool:
    """That run ends without another line."""
    return "level_of_alert" in line and "judgement" not in line


def _line(written: str) -> Line | None:
    """A line of the function's own; the platform and libraries write others."""
    try:
        line = json.loads(written)
    except ValueError:
        return None
    return line if isinstance(line, dict) and _RUN in line and isinstance(line.get("message"), str) else None


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


_BLOCKED: Final = BLOCKED_SESSIONS.rule.name if BLOCKED_SESSIONS.rule else ""

DATABASE = Source("Database", _look)
