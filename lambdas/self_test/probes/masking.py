"""Whether CloudWatch Logs masks a secret at rest: a line with an invented one is written past the functions' logger."""

import contextlib
import secrets
import string
import time
from typing import Any, Final

from lambdas.self_test.probe import Probe, Seen, Situation, failed, not_asked, passed
from lambdas.shared.clock import Deadline
from lambdas.shared.quantities import seconds_taken
from lambdas.vocabulary.self_test import ProbeName

STREAM: Final = "self-test"
"""One for all runs: a stream outlives its lines."""
PATIENCE: Final = 45.0
"""Seconds until a line that was written can be read."""
POLL: Final = 1.0
_STARS: Final = "***"


def _ask(situation: Situation) -> Seen:
    logs, group = situation.client("logs"), situation.settings.log_group
    marker, secret = _word(), _word()
    _write(logs, group, situation, f"self-test {marker} password={secret}")
    began = time.monotonic()
    line = _read(logs, group, situation, marker)
    if line is None:
        return not_asked(f"a line that was written to {group} was not to be read within {PATIENCE:g} s")
    if secret in line or _STARS not in line:
        return failed(f"a line in {group} shows the invented secret that was written into it")
    took = seconds_taken(time.monotonic() - began)
    return passed(f"an invented secret in {group} reads as stars, {took} after it was written")


def _write(logs: Any, group: str, situation: Situation, message: str) -> None:
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=group, logStreamName=STREAM)
    event = {"timestamp": _milliseconds(situation), "message": message}
    logs.put_log_events(logGroupName=group, logStreamName=STREAM, logEvents=[event])


def _read(logs: Any, group: str, situation: Situation, marker: str) -> str | None:
    """The line as CloudWatch Logs shows it; None when it does not come.  A page may be empty and not be the last."""
    asked: dict[str, Any] = {"startTime": _milliseconds(situation), "startFromHead": True}
    deadline = Deadline.within(PATIENCE)
    while deadline.remaining > 0:
        page = logs.get_log_events(logGroupName=group, logStreamName=STREAM, **asked)
        for event in page["events"]:
            if marker in event["message"]:
                return str(event["message"])
        asked["nextToken"] = page["nextForwardToken"]
        time.sleep(POLL)
    return None


def _milliseconds(situation: Situation) -> int:
    return int(situation.at.timestamp() * 1000)


def _word() -> str:
    """Letters alone: no rule takes the marker for the number of a card."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(16))


MASKING = Probe(
    name=ProbeName.MASKING,
    question="Does CloudWatch Logs mask a secret in a log group of this system?",
    meaning="A secret or an e-mail address that the functions' own logger does not know stands in the logs, readable.",
    remedy=(
        "deploy the stack reviews again, which sets the group's data protection policy; look whether somebody removed"
        " it from others too (CloudTrail: DeleteDataProtectionPolicy)"
    ),
    ask=_ask,
    seconds=PATIENCE + 30,
)
