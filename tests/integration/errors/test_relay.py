"""The relay against servers: a Sentry that takes envelopes, one that is busy, one that is gone, and ourselves."""

import json
import socket
from datetime import timedelta
from functools import partial

import pytest

from lambdas.error_intake.inflate import inflated
from lambdas.error_intake.request import request_of
from lambdas.error_relay.relay import Relay
from lambdas.error_relay.settings import SECRET, Settings
from lambdas.shared.clock import Deadline, now
from lambdas.shared.post import post
from lambdas.shared.stored_values import StoredValues
from lambdas.vocabulary.error_tracking import Batch, Source
from tests.integration.errors.front import front
from tests.unit.lambdas.error_intake.sending import ERROR, KEY, NUMBER, Place

SETTINGS = Settings(
    environment="test",
    bucket="bucket",
    queue_url="queue",
    dsn_secret="sentry",
    dsn_parameter=None,
    own_hosts=("errors.example",),
    give_up=timedelta(hours=1),
)


class Queue:
    def __init__(self):
        self.delays = []

    def change_message_visibility(self, *, VisibilityTimeout, **_):  # noqa: N803  (the client's name)
        self.delays.append(VisibilityTimeout)


def relayed(dsn, queue):
    stored = StoredValues({SECRET: lambda _: dsn})
    relay = Relay(SETTINGS, stored, partial(post, allow_private=True), sqs=queue, s3=None)
    body = Batch("api", Source.SDK, now(), (ERROR,)).to_json()
    record = {"messageId": "1", "receiptHandle": "1", "body": body}
    return relay.relay_all([record], Deadline.within(30))["batchItemFailures"]


def test_sentry_takes_the_envelope():
    with front({"/": lambda _: {"statusCode": 200, "body": "{}"}}) as here:
        assert relayed(here.dsn(KEY, NUMBER), Queue()) == []
    request = request_of(here.received[0])
    *_, event = inflated(request.body, request.encodings).decode().split("\n")
    assert json.loads(event) == ERROR
    assert request.headers["content-type"] == "application/x-sentry-envelope"


def test_busy_sentry_is_heeded():
    queue = Queue()
    with front({"/": lambda _: {"statusCode": 429, "headers": {"Retry-After": "77"}}}) as here:
        assert len(relayed(here.dsn(KEY, NUMBER), queue)) == 1
    assert queue.delays in ([77], [78])


def test_gone_sentry_holds_nothing_up():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    queue = Queue()
    assert len(relayed(f"http://{KEY}@127.0.0.1:{port}/1", queue)) == 1
    assert queue.delays == [60]


@pytest.mark.parametrize("status", [401, 403])
def test_refusal_is_final(status):
    with front({"/": lambda _: {"statusCode": status, "body": ""}}) as here:
        assert relayed(here.dsn(KEY, NUMBER), Queue()) == []


def test_intake_takes_no_relayed_error():
    """Where the address hides that it leads back here."""
    place = Place()
    with front({"/api/": place.intake.answer}) as here:
        assert relayed(here.dsn(KEY, NUMBER), Queue()) == []
    assert here.answered == [200]
    assert (place.events, place.dropped) == ([], {"relayed": 1})
