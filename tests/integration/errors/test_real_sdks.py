"""Sentry's own SDKs, unchanged, send by a DSN: errors arrive whole, without a secret, and no more than may be."""

import json
import os
import subprocess
import sys
import time

import pytest

from emulator.account import NODE
from lambdas.error_intake.losses import EVERY
from lambdas.shared.error_tracking.users import hashed_user
from tests.integration.errors.front import front
from tests.integration.errors.intake import HERE, ROOT, RealTime, few, sent_bodies, wait_for_room_in_the_minute
from tests.unit.lambdas.error_intake.sending import KEY, NUMBER, SETTINGS, envelope

SECRET = "Zq8hunter2"
HIDDEN = (SECRET, "4111111111", "4111 1111", "jane", "203.0.113.77", "user-4711")


SENDER = {"id": "user-4711", "email": "jane@shop.example", "ip_address": "203.0.113.77", "username": "jane-doe"}


def run(command, here, **variables):
    environment = {
        "PATH": os.environ["PATH"],
        "SENTRY_DSN": here.dsn(KEY, NUMBER),
        "SECRET": SECRET,
        "SENDER": json.dumps(SENDER),
        "NODE_PATH": str(ROOT / "node_modules"),
        **variables,
    }
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr


def node(here, sdk, **variables):
    run([str(NODE / "node"), str(HERE / "express_app.cjs")], here, SDK=sdk, **variables)


def python(here, _, **variables):
    run([sys.executable, str(HERE / "python_app.py")], here, **variables)


SDKS = {
    "node 9": (node, "sentry-node-9"),
    "node 10": (node, "sentry-node-10"),
    "node 11": (node, "@sentry/node"),
    "python 2": (python, "sentry-sdk"),
}


@pytest.fixture(scope="module", params=SDKS)
def sent(request, tmp_path_factory):
    """One run of an application that fails, and what came of it."""
    place = RealTime()
    program, sdk = SDKS[request.param]
    with front({"/api/": place.intake.answer}) as here:
        program(here, sdk)
    assert not here.failures
    return place, here


def test_sdk_is_answered_well(sent):
    place, here = sent
    assert set(here.answered) == {200}
    assert not place.dropped


def test_exception_arrives_whole(sent):
    place, _ = sent
    event = next(each for each in place.events if "no payment" in json.dumps(each))
    exception = event["exception"]["values"][-1]
    assert exception["value"].startswith(
        ("no payment 0 with password=*** and card ***", "no payment with password=*** and card ***")
    )
    frame = exception["stacktrace"]["frames"][-1]
    assert frame["context_line"].strip().startswith(("throw new Error(", "raise ValueError("))
    assert frame["lineno"] > 5
    assert event["release"].endswith("@1.2.3")
    assert event["environment"] == "test"
    assert abs(event["timestamp"] - time.time()) < 120


def test_no_secret_is_in_the_queue(sent):
    """The client did send each of them: it is the intake that takes them out."""
    place, here = sent
    queued = "\n".join(place.sqs.bodies)
    raw = "\n".join(sent_bodies(here))
    assert "4111" in raw
    assert SECRET in raw
    assert not [hidden for hidden in HIDDEN if hidden in queued]
    assert not place.s3.objects


def test_user_is_a_pseudonym(sent):
    place, _ = sent
    users = [event["user"] for event in place.events if event.get("user")]
    assert users[-1]["id"] == hashed_user(SENDER["id"], SETTINGS.environment)
    assert not {"email", "username", "ip_address"} & users[-1].keys()


@pytest.mark.parametrize("sdk", ["sentry-node-9", "sentry-node-10", "@sentry/node"])
def test_request_is_kept_without_secrets(sdk):
    place = RealTime()
    with front({"/api/": place.intake.answer}) as here:
        node(here, sdk)
    request = next(event["request"] for event in place.events if event.get("request"))
    assert request["method"] == "POST"
    assert "page=2" in request["query_string"]
    body = json.loads(request["data"]) if isinstance(request["data"], str) else request["data"]
    assert body["lines"] == [{"product": "chair", "count": 3}]
    assert body["password"] == "***"
    assert body["payment"] == {"number": "***", "cvc": "***", "holder": {"sessionToken": "***"}}


@pytest.mark.parametrize("sdk", SDKS)
def test_sdk_stops_at_a_429(sdk):
    """It sends no more errors for as long as it is asked to wait."""
    place = RealTime(few(2))
    program, name = SDKS[sdk]
    wait_for_room_in_the_minute()
    with front({"/api/": place.intake.answer}) as here:
        program(here, name, ATTEMPTS="8")
    errors = [body for body in sent_bodies(here) if "no payment" in body]
    assert len(errors) == 3  # the third was answered 429
    assert 429 in here.answered
    assert len(place.events) == 2


def test_drops_of_the_sdk_are_counted():
    """What the client does not send for the quota's sake it says itself."""
    place = RealTime(few(1))
    wait_for_room_in_the_minute()
    with front({"/api/": place.intake.answer}) as here:
        python(here, "sentry-sdk", ATTEMPTS="6")
    place.wait(EVERY)
    place.send(envelope(({"type": "client_report"}, {})))
    assert len(place.events) == 1
    assert place.dropped.get("quota") == 1
    assert place.dropped.get("ratelimit_backoff") == 4
