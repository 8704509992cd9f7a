"""Errors in log lines: the API's by the log contract, and our own functions'."""

import base64
import gzip
import json
from datetime import timedelta

import pytest
from moto import mock_aws

from lambdas.error_digest.log_events import LogGroups, batch_of_log
from lambdas.error_digest.receive import BadMessageError
from lambdas.error_digest.stacks import frames_of
from lambdas.shared.error_tracking.grouping import group
from lambdas.vocabulary.error_tracking import OWN_PROJECT, Source, State
from tests.unit.lambdas.error_digest.situation import API_LOG, START, make_situation

GROUPS = LogGroups("test", API_LOG, "api", "/aws/lambda/junkos-test-error-digest")
OWN_LOG = "/aws/lambda/junkos-test-health-check"
MILLISECONDS = int(START.timestamp() * 1000)
NODE_STACK = """TypeError: price is undefined
    at quote (/app/dist/quote.js:12:7)
    at async Promise.all (index 0)
    at async createOrder (file:///app/dist/orders.js:40:3)
    at /app/dist/server.js:9:1
    at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)
    at new Promise (<anonymous>)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"""
TRACEBACK = """Traceback (most recent call last):
  File "/var/runtime/bootstrap.py", line 99, in handle_event_request
    response = request_handler(event, lambda_context)
  File "/var/task/lambdas/health_check/handler.py", line 20, in handler
    return check(settings)
  File "/var/task/lambdas/health_check/check_health.py", line 31, in check
    raise ValueError("no endpoint 7")
ValueError: no endpoint 7"""


def sent(*messages, group=OWN_LOG, kind="DATA_MESSAGE"):
    """What a subscription sends of these lines."""
    events = [
        {
            "id": f"{number:056d}",
            "timestamp": MILLISECONDS,
            "message": message if isinstance(message, str) else json.dumps(message),
        }
        for number, message in enumerate(messages)
    ]
    written = {"messageType": kind, "owner": "1", "logGroup": group, "logStream": "s", "logEvents": events}
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(written).encode())).decode()}}


def events_of(*messages, group=OWN_LOG):
    return batch_of_log(sent(*messages, group=group), GROUPS, START).events


def contract_line(**others):
    return {
        "time": "2026-11-24T09:20:02.004Z",
        "level": "error",
        "service": "junkos-backend",
        "environment": "prod",
        "release": "2026.47.1",
        "message": "request failed",
        "event": "error",
        "request_id": "8a41d0b2",
        "method": "POST",
        "route": "/orders",
        "error": {"type": "TypeError", "message": "price is undefined", "stack": NODE_STACK},
        **others,
    }


def test_error_of_the_contract():
    (event,) = events_of(contract_line(cart=7), group=API_LOG)
    (value,) = event["exception"]["values"]
    assert (value["type"], value["value"]) == ("TypeError", "price is undefined")
    assert (event["release"], event["environment"], event["transaction"]) == ("2026.47.1", "prod", "POST /orders")
    assert event["tags"] == {"request_id": "8a41d0b2", "service": "junkos-backend"}
    assert event["extra"] == {"cart": 7}
    assert event["timestamp"] == "2026-11-24T09:20:02.004Z"
    assert group(event).culprit == "quote (dist/quote.js)"


def test_other_lines_are_no_errors():
    lines = [contract_line(event="request"), contract_line(error="it"), "GET /", "{", "[]", "7", '{"event": []}']
    assert events_of(*lines, group=API_LOG) == ()


def test_stack_of_node():
    frames = frames_of(NODE_STACK)
    assert [frame["function"] for frame in frames[-3:]] == ["createOrder", "Promise.all", "quote"]
    assert frames[-1] == {"filename": "/app/dist/quote.js", "function": "quote", "lineno": 12, "colno": 7}
    assert frames[-4]["filename"] == "/app/dist/server.js"
    assert len(frames) == 7


def test_traceback_in_the_contract():
    """The backend may be of Python."""
    error = {"type": "ValueError", "message": "no endpoint 7", "stack": TRACEBACK}
    (event,) = events_of(contract_line(error=error), group=API_LOG)
    assert group(event).culprit == "check (lambdas/health_check/check_health.py)"


def test_last_traceback_counts():
    """Those before it are of its causes."""
    cause = TRACEBACK.replace("check_health", "cause")
    both = f"{cause}\n\nDuring handling of the above exception, another exception occurred:\n\n{TRACEBACK}"
    assert [frame["lineno"] for frame in frames_of(both)] == [99, 20, 31]
    assert frames_of(both)[-1]["context_line"] == 'raise ValueError("no endpoint 7")'


OWN_LINES = {
    "powertools": {"level": "ERROR", "message": "it failed", "exception_name": "ValueError", "exception": TRACEBACK},
    "runtime": "[ERROR] ValueError: no endpoint 7\r" + TRACEBACK.rpartition("\n")[0].replace("\n", "\r"),
    "runtime in JSON": {
        "timestamp": "2026-11-24T09:20:02Z",
        "level": "ERROR",
        "errorMessage": "no endpoint 7",
        "errorType": "ValueError",
        "stackTrace": [f"{line}\n" for line in TRACEBACK.split("\n")[1:-1]],
    },
    "logging": "[ERROR]\t2026-11-24T09:20:02.004Z\t7f3c9a1e-0000-0000-0000-000000000000\tValueError: no endpoint 7\n"
    + TRACEBACK,
}


@pytest.mark.parametrize("line", OWN_LINES.values(), ids=OWN_LINES)
def test_error_of_a_function(line):
    """However Lambda or Powertools writes it, it is one kind."""
    (event,) = events_of(line)
    found = group(event)
    assert found.title == "ValueError: no endpoint 7"
    assert found.culprit == "check (lambdas/health_check/check_health.py)"
    assert event["transaction"] == "junkos-test-health-check"
    assert len({group(events_of(each)[0]).hash for each in OWN_LINES.values()}) == 1


@pytest.mark.parametrize(
    ("line", "title", "level"),
    [
        ({"level": "ERROR", "message": "queue 7 is full", "service": "x"}, "queue 7 is full", "error"),
        ({"level": "CRITICAL", "message": "no table"}, "no table", "fatal"),
        ("[ERROR] Runtime.ImportModuleError: Unable to import module 'x'", "Runtime.ImportModuleError: ", "error"),
        ("2026-11-24T09:20:02Z 7f3c9a1e Task timed out after 30.03 seconds", "Timeout: Task timed out", "error"),
        (
            "RequestId: 7f3c9a1e-0000-0000-0000-000000000000 Error: Runtime exited with error: signal: killed",
            "RuntimeExited: Runtime exited with error: signal: killed",
            "fatal",
        ),
    ],
)
def test_other_errors_of_a_function(line, title, level):
    (event,) = events_of(line)
    assert group(event).title.startswith(title.replace("Runtime.Import", "Import"))
    assert event["level"] == level


@pytest.mark.parametrize(
    "line",
    [
        {"level": "WARNING", "message": "slow"},
        {"level": "INFO", "message": "errors counted"},
        {"_aws": {}, "errors_tracked": 3},
        {"level": 7},
        "START RequestId: x",
        "REPORT RequestId: x Duration: 3 ms",
        "INFO all is well: ERROR is a word",
        "",
    ],
)
def test_remarks_are_no_errors(line):
    assert events_of(line) == ()


def test_lines_of_logs_are_scrubbed():
    """They come as they were written; what clients of Sentry send was scrubbed before."""
    secret = "password=hunter2secret of ann@example.com"
    error = {"type": "Error", "message": secret, "stack": f"Error: {secret}\n    at a (/app/a.js:1:1)"}
    lines = events_of(contract_line(error=error, token="abcdef123456", note=secret), group=API_LOG)
    lines += events_of({"level": "ERROR", "message": secret}, f"[ERROR] ValueError: {secret}")
    written = json.dumps(lines)
    assert len(lines) == 3
    assert "hunter2" not in written
    assert "ann@example.com" not in written
    assert "abcdef123456" not in written


def test_own_log_is_no_source():
    """An error about an error would never end."""
    assert events_of({"level": "ERROR", "message": "x"}, group=GROUPS.ignored) == ()


def test_control_message_has_no_errors():
    assert batch_of_log(sent({"level": "ERROR", "message": "x"}, kind="CONTROL_MESSAGE"), GROUPS, START).events == ()


@pytest.mark.parametrize(
    "data",
    [
        "",
        "!",
        base64.b64encode(b"no gzip").decode(),
        base64.b64encode(gzip.compress(b"[]", mtime=0)).decode(),
        base64.b64encode(gzip.compress(b"{", mtime=0)).decode(),
        7,
        None,
    ],
)
def test_what_is_no_log_is_refused(data):
    with pytest.raises(BadMessageError):
        batch_of_log({"awslogs": {"data": data}}, GROUPS, START)


@pytest.mark.parametrize(
    "stack",
    [
        "    at " + "a" * 60_000,
        "    at " * 9_000,
        "    at a (" * 9_000,
        '  File "' * 9_000,
        "at x (y:1:1)\n" * 5_000,
        "\n" * 60_000,
    ],
)
def test_hostile_stack_takes_little_time(stack):
    (event,) = events_of(contract_line(error={"type": "E", "message": "m", "stack": stack}), group=API_LOG)
    assert len(event["exception"]["values"][0].get("stacktrace", {}).get("frames", [])) <= 100


def test_log_line_becomes_an_issue_once():
    """Lambda delivers a subscription's event at least once."""
    with mock_aws():
        situation = make_situation()
        for _ in range(2):
            situation.digest.take(sent(contract_line(), contract_line(), group=API_LOG))
            situation.digest.take(sent(OWN_LINES["powertools"]))
        issue, own = situation.issue(), situation.issue(OWN_PROJECT)
    assert (issue.count, issue.source, issue.state) == (2, Source.API_LOG, State.OPEN)
    assert issue.first_seen == START.replace(second=2, microsecond=4000)
    assert (own.count, own.source, own.first_seen) == (1, Source.OWN_LOG, START)
    assert own.title == "ValueError: no endpoint 7"


def test_log_and_sdk_are_one_kind():
    """The same error by the log and by a client of Sentry, in one project."""
    (by_log,) = events_of(contract_line(), group=API_LOG)
    frames = by_log["exception"]["values"][0]["stacktrace"]["frames"]
    by_client = {"exception": {"values": [{"type": "TypeError", "value": "x", "stacktrace": {"frames": frames}}]}}
    assert group(by_log).hash == group(by_client).hash


def test_late_line_counts_at_its_time():
    with mock_aws():
        situation = make_situation()
        situation.at = START + timedelta(hours=1)
        situation.digest.take(sent(contract_line(), group=API_LOG))
        assert situation.table.hours(situation.issue(), 2) == [1, 0]
