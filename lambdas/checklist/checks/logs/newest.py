"""The newest lines of the API's log, each judged by the log contract."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from lambdas.checklist import arns
from lambdas.checklist.check import Reads, Situation
from lambdas.checklist.metrics import DAY
from lambdas.shared.log_contract.lines import Line, check
from lambdas.vocabulary.log_contract import Field

STREAMS: Final = 4
LINES: Final = 200
"""Of all these streams together."""
READS: Final = Reads(
    ("logs:DescribeLogStreams", "logs:GetLogEvents", "logs:FilterLogEvents"),
    arns.of_log("{backend_log}"),
    because="The streams of this one log group, whose names are the backend's own.",
)


@dataclass(frozen=True)
class LogLine:
    at: datetime
    fields: dict[str, Any]
    """Empty of what is no JSON."""
    judged: Line

    def lacks(self, field: Field) -> bool:
        return not self.fields or any(fault.field == field for fault in self.judged.faults)

    @property
    def is_structured(self) -> bool:
        return all(fault.private for fault in self.judged.faults)


def newest_lines(situation: Situation) -> tuple[LogLine, ...]:
    """Of the last day, newest first; none where the group is not there.  Raises UnreadableError.

    CloudWatch gives the newest of a stream at once; of a group it would give the oldest first.
    """
    found: tuple[LogLine, ...] | None = situation.account.read(
        "logs",
        "the newest lines of the API",
        lambda logs: _read(logs, situation.settings.backend_log, situation.at),
        absent=("ResourceNotFoundException",),
    )
    return found or ()


def _read(logs: Any, group: str, at: datetime) -> tuple[LogLine, ...]:
    streams = logs.describe_log_streams(
        logGroupName=group, orderBy="LastEventTime", descending=True, limit=STREAMS
    ).get("logStreams", ())
    since = int((at - DAY).timestamp() * 1000)
    events = [
        event
        for stream in streams[:STREAMS]
        for event in logs.get_log_events(
            logGroupName=group,
            logStreamName=stream["logStreamName"],
            startTime=since,
            limit=LINES // STREAMS,
            startFromHead=False,
        ).get("events", ())
    ]
    newest = sorted(events, key=lambda event: event["timestamp"], reverse=True)[:LINES]
    return tuple(_line(event["timestamp"], event["message"].strip()) for event in newest if event["message"].strip())


def _line(milliseconds: int, text: str) -> LogLine:
    written = text.encode("utf-8", "replace")
    return LogLine(datetime.fromtimestamp(milliseconds / 1000, UTC), _fields(written), check(written))


def _fields(text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
