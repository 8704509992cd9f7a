"""Whatever fails in a function, and whatever the failure says: no secret is in a log line, an error or an answer."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lambdas.health_check.other_regions import EVENT
from lambdas.vocabulary.account_changes import CHANGE, AccountChange
from lambdas.vocabulary.account_changes import EVENT as ACT
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from tests.releases import http_event
from tests.unit.lambdas.error_intake.sending import of_error, request
from tests.unit.lambdas.notify.samples import TOPIC
from tests.unit.lambdas.security_finding.events import ROOT, finding, record

FOLDERS = sorted(path.parent.name for path in Path("lambdas").glob("*/handler.py"))
HARMLESS = "the lights went out"
QUOTES_NOTHING = {"error_releases"}  # the first thing that it needs is a token: of that the error's class is said only
SECRETS = ("hunter2", "c2VjcmV0LXRva2Vu", "jane.doe@shop.example", "4111111111111111", "eyJhbGciOiJIUzI1NiJ9")
FAILURE = (
    f"{HARMLESS} at postgresql://app:hunter2@db.example/orders with password=hunter2,"
    " Authorization: Bearer c2VjcmV0LXRva2Vu.1, Key (email)=(jane.doe@shop.example), card 4111111111111111"
    ' and {"token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"}'
)
NOTICE = Notice("k", Level.CRITICAL, Change.RAISED, FAILURE, datetime(2026, 1, 1, tzinfo=UTC)).to_json()


def notification(message):
    """As SNS hands it to a queue."""
    moment = "2026-01-01T02:00:00.000Z"
    return {"Type": "Notification", "MessageId": "m", "TopicArn": TOPIC, "Message": message, "Timestamp": moment}


def queued(body):
    return {"messageId": "m", "body": json.dumps(body)}


EVENTS = {
    "schedule": {"slot": "2026-01-01T02:00:00Z"},
    "by hand": {
        "reason": FAILURE,
        "requested_by": "jane.doe@shop.example",
        "backup": "x/2026/01/01/20260101T020000Z-abcd1234/",
    },
    "CloudFormation": {
        "RequestType": "Create",
        "ResponseURL": "https://answer.example/?X-Amz-Signature=c2VjcmV0LXRva2Vu",
        "StackId": "s",
        "RequestId": "r",
        "LogicalResourceId": "l",
    },
    "object": {
        "detail": {
            "bucket": {"name": "bucket"},
            "object": {"key": "x/2026/01/01/20260101T020000Z-abcd1234/manifest.json"},
        },
        "id": "e",
    },
    "login": {"username": "master", "password": "hunter2"},
    "another region": {EVENT: True, "endpoints": ["api"], "password": "hunter2"},
    "queue": {"Records": [queued(notification(NOTICE)), queued({"deliver": {"channel": "chat"}})]},
    "what the queue should not hold": {"Records": [queued({"password": "hunter2"}), queued(notification(FAILURE))]},
    "large batch of errors": {"Records": [queued({"object": "incoming/2026-01-01/x.json.gz"})]},
    "client's error": request(of_error({"message": FAILURE, "extra": {"password": "hunter2"}})),
    "sentry-cli": http_event("GET", "/api/0/organizations/x/releases/1.0.0/", {"Authorization": "Bearer hunter2"}),
    "link to an incident": http_event("GET", "/a/hunter2", {}),
    "button in Slack": http_event("POST", "/slack", {"X-Slack-Signature": "v0=hunter2"}, b"payload=hunter2"),
    "deployment": {
        "source": "aws.cloudformation",
        "time": "2026-01-01T02:00:00Z",
        "detail": {
            "stack-id": "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/1",
            "status-details": {"status": "UPDATE_COMPLETE"},
        },
    },
    "incident that opened": {"incident": 1},
    "alerts handed over": {"notices": [json.loads(NOTICE)]},
    "answer": {
        "reply": {
            "incident": 1,
            "answer": "take",
            "via": "link",
            "at": "2026-01-01T02:00:00Z",
            "by": "hunter2",
            "text": FAILURE,
        }
    },
    "look": {"view": "issues", "project": "api"},
    "button": {"action": "reopen", "project": "api", "id": "0123456789ab", "revision": 1},
    "review": {"period": "week", "requested_by": FAILURE},
    "load test": {"busiest_per_minute": 600, "requested_by": FAILURE},
    "test alert": {"level": "critical", "requested_by": FAILURE},
    "step of a drill": {"step": "order", "execution": "e", "started_at": "2026-01-01T02:00:00Z", "asked": {}},
    "look for leftovers": {"step": "reap"},
    "end of a large run": {
        "step": "end",
        "function": "restore_verification",
        "execution": "e",
        "state": {"error": {"Error": "Refused", "Cause": FAILURE}},
    },
    "large run that failed": {"failed_large_run": FAILURE},
    "restored instance": {"host": "db", "port": 5432, "version": "18.3", "restorable_at": "2026-01-01T02:00:00Z"},
    "finding": finding("UnauthorizedAccess:EC2/SSHBruteForce"),
    "act": {CHANGE: AccountChange.ROOT_ACCESS_KEY, ACT: record("iam", "CreateAccessKey", {"userName": "x"}, by=ROOT)},
}


def what_leaves(folder, tmp_path):
    """By the event; each of them was tried."""
    failure, events = tmp_path / "failure", tmp_path / "events"
    failure.write_text(FAILURE)
    events.write_text(json.dumps(EVENTS))
    script = Path(__file__).with_name("run_with_failing_dependencies.py")
    command = [sys.executable, "-u", str(script), folder, str(failure), str(events)]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, env=environment
    )
    before, *parts = ("\n" + done.stdout).split("\nEVENT ")
    left = dict(part.split("\n", 1) for part in parts)
    assert left.keys() == EVENTS.keys(), done.stdout
    return {"before the first": before, **left}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.slow
def test_failing_dependencies_leak_no_secret(folder, tmp_path):
    """No secret leaves a function whose world fails."""
    left = what_leaves(folder, tmp_path)
    for name, text in left.items():
        assert not [secret for secret in SECRETS if secret in text], f"{name}: {text}"
    proof = "ClientError" if folder in QUOTES_NOTHING else HARMLESS
    assert any(proof in text for text in left.values()), left  # or nothing was proven
