"""A test error goes the whole way, and its loss is an error."""

import io
import json
import urllib.error
from datetime import UTC, datetime, timedelta

import pytest

from lambdas.error_test import envelope
from lambdas.error_test.envelope import Dsn, NotAcceptedError
from lambdas.error_test.send_and_wait import LostError, Waiting, send_and_wait
from lambdas.shared.error_tracking.scrubbing import scrubbed
from lambdas.shared.masking import MASK

KEY = "0123456789abcdef0123456789abcdef"
DSN = Dsn("https://front.example/", 7, KEY)
NOW = datetime(2026, 11, 27, 9, 11, tzinfo=UTC)


class Front:
    """Takes what is posted, and counts it to an issue after some looks."""

    def __init__(self, looks=0, failure=None):
        self.looks, self.failure, self.request, self.polls = looks, failure, None, 0

    def open(self, request, timeout):
        self.request = request
        if self.failure:
            raise self.failure
        return io.BytesIO(b"{}")

    @property
    def event(self):
        return json.loads(self.request.data.splitlines()[2])

    def event_issue(self, event_id):
        self.polls += 1
        return ("api", "a1b2") if event_id == self.event["event_id"] and self.polls > self.looks else None


@pytest.fixture
def send(monkeypatch):
    def sent(front, seconds=60, dsn=DSN):
        monkeypatch.setattr(envelope.urllib.request, "urlopen", front.open)
        slept = []
        waiting = Waiting(timedelta(seconds=seconds), clock=lambda: NOW, sleep=slept.append)
        return send_and_wait(dsn, front, "anna", waiting), slept

    return sent


def test_arrival_is_reported(send):
    front = Front(looks=2)
    arrived, slept = send(front)
    assert (arrived.project, arrived.issue, arrived.event_id) == ("api", "a1b2", front.event["event_id"])
    assert slept == [1.0, 1.0]
    assert arrived.as_dict()["seconds"] < 1


def test_error_is_sent_as_sdks_do(send):
    front = Front()
    send(front)
    assert front.request.full_url == "https://front.example/api/7/envelope/"
    assert f"sentry_key={KEY}" in front.request.headers["X-sentry-auth"]
    header, item, _ = map(json.loads, front.request.data.splitlines())
    assert (header["event_id"], item["type"]) == (front.event["event_id"], "event")
    assert front.event["fingerprint"] == ["test error"]
    assert front.event["tags"] == {"requested_by": "anna"}


def test_what_is_invented_is_filtered():
    """By the scrubber that all events go through; where each stood stays to be seen."""
    stored = scrubbed(envelope.new_event("anna", NOW), "prod")
    assert stored["extra"][envelope.SECRET_KEY] == MASK
    assert not [each for each in envelope.INVENTED if each in json.dumps(stored)]


def test_tests_are_one_issue(send):
    """By their fingerprint; each is found by its own id."""
    one, other = Front(), Front()
    send(one)
    send(other)
    assert one.event["event_id"] != other.event["event_id"]
    assert one.event["fingerprint"] == other.event["fingerprint"]


def test_loss_is_an_error(send):
    with pytest.raises(LostError, match="was accepted and did not arrive within 0 s"):
        send(Front(looks=10**6), seconds=0)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            urllib.error.HTTPError("u", 401, "Unauthorized", {}, io.BytesIO(b'{"detail":\n "no such key"}')),
            'the front answered 401: {"detail": "no such key"}',
        ),
        (urllib.error.HTTPError("u", 429, "Too Many", {}, io.BytesIO(b"")), "the front answered 429: Too Many"),
        (urllib.error.URLError("no route"), "the front was not reached: .*no route"),
        (TimeoutError("timed out"), "the front was not reached: timed out"),
    ],
)
def test_refusal_is_an_error(send, failure, said):
    with pytest.raises(NotAcceptedError, match=said) as raised:
        send(Front(failure=failure))
    assert KEY not in str(raised.value)


def test_other_schemes_are_refused(send):
    with pytest.raises(NotAcceptedError, match="neither https nor http"):
        send(Front(), dsn=Dsn("file:///etc/passwd", 1, KEY))


def test_dsn_is_sentrys():
    assert str(DSN) == f"https://{KEY}@front.example/7"
    assert KEY not in repr(DSN)
