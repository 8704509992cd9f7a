"""Errors go on to a Sentry, and whatever that one does holds nothing up."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from lambdas.error_relay.dsn import BadDsnError, Dsn
from lambdas.error_relay.relay import PAUSE, Relay
from lambdas.error_relay.settings import SECRET, Settings
from lambdas.shared.clock import Deadline
from lambdas.shared.delivery_errors import PermanentError, RetryError
from lambdas.shared.stored_values import StoredValues
from lambdas.vocabulary.error_tracking import Batch, Pointer, Source

START = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
DSN = "https://abc123@o1.ingest.sentry.example/42"
SETTINGS = Settings(
    environment="test",
    bucket="bucket",
    queue_url="https://sqs/relay",
    dsn_secret="sentry",
    dsn_parameter=None,
    own_hosts=("errors.example",),
    give_up=timedelta(hours=1),
)
EVENTS = tuple({"event_id": f"{number:032x}", "message": f"m{number}"} for number in range(3))


class NoSuchKeyError(ClientError):
    """As a client makes it of the code."""


class S3:
    exceptions = SimpleNamespace(NoSuchKey=NoSuchKeyError)

    def __init__(self):
        self.objects, self.fails = {}, ""

    def get_object(self, *, Bucket, Key):  # noqa: N803  (the client's names)
        if self.fails or Key not in self.objects:
            kind = ClientError if self.fails else NoSuchKeyError
            raise kind({"Error": {"Code": self.fails or "NoSuchKey", "Message": ""}}, "GetObject")
        return {"Body": self}

    def read(self):
        return next(iter(self.objects.values()))


class Place:
    """A relay, a Sentry that answers as a test wants, and what was logged."""

    def __init__(self, monkeypatch, settings=SETTINGS):
        self.dsn, self.answers, self.posted, self.delays, self.logged = DSN, [], [], [], []
        self.seconds, self.s3, self.left = 0.0, S3(), 100.0
        for level in ("info", "warning", "error"):
            monkeypatch.setattr(
                f"lambdas.error_relay.relay.logger.{level}",
                lambda message, level=level, **said: self.logged.append((level, *said.values())),
            )
        stored = StoredValues({SECRET: lambda _: self.dsn})
        self.relay = Relay(
            settings, stored, self._post, sqs=self, s3=self.s3, clock=self._now, monotonic=lambda: self.seconds
        )

    def _now(self):
        return START + timedelta(seconds=self.seconds)

    def _post(self, request, *, timeout):
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise answer
        self.posted.append(request)

    def change_message_visibility(self, *, QueueUrl, ReceiptHandle, VisibilityTimeout):  # noqa: N803  (the client's)
        self.delays.append((ReceiptHandle, VisibilityTimeout))

    def send(self, *bodies):
        """The messages that are to come again."""
        records = [
            {"messageId": f"id{number}", "receiptHandle": f"r{number}", "body": body}
            for number, body in enumerate(bodies)
        ]
        answer = self.relay.relay_all(records, Deadline.within(self.left))
        return [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]


@pytest.fixture
def place(monkeypatch):
    return Place(monkeypatch)


def batch(*events, at=START):
    return Batch("api", Source.SDK, at, events or EVENTS[:1]).to_json()


def lines(request):
    return [json.loads(line) for line in gzip.decompress(request.body).decode().split("\n")]


def test_each_event_is_an_envelope(place):
    assert place.send(batch(*EVENTS)) == []
    assert [lines(request)[2] for request in place.posted] == list(EVENTS)
    header, item, _ = lines(place.posted[0])
    assert header == {"event_id": EVENTS[0]["event_id"], "sent_at": "2026-11-27T12:00:00Z"}
    assert item == {"type": "event"}
    assert place.logged == [("info", 3)]


def test_request_is_as_sentry_wants_it(place):
    place.send(batch())
    (request,) = place.posted
    assert request.url == "https://o1.ingest.sentry.example/api/42/envelope/"
    assert "sentry_key=abc123" in request.headers["X-Sentry-Auth"]
    assert request.headers["Content-Encoding"] == "gzip"
    assert request.headers["x-relayed-by"] == "test"


def test_batch_may_lie_in_the_bucket(place):
    place.s3.objects["incoming/a.json.gz"] = gzip.compress(batch().encode())
    assert place.send(Pointer("incoming/a.json.gz").to_json()) == []
    assert len(place.posted) == 1


@pytest.mark.parametrize(
    "body",
    [Pointer("incoming/gone").to_json(), Pointer("samples/a").to_json(), "no json", "[]", "{}", "7", '{"object": 7}'],
)
def test_lost_batch_holds_nothing_up(place, body):
    assert place.send(body, batch()) == []
    assert len(place.posted) == 1
    assert place.logged[0][0] == "error"


def test_damaged_object_holds_nothing_up(place):
    place.s3.objects["incoming/a"] = b"no gzip"
    assert place.send(Pointer("incoming/a").to_json(), batch()) == []


def test_batch_that_inflates_too_much(place, monkeypatch):
    monkeypatch.setattr("lambdas.shared.error_tracking.incoming.LARGEST", 1000)
    place.s3.objects["incoming/a"] = gzip.compress(b" " * 10_000)
    assert place.send(Pointer("incoming/a").to_json(), batch()) == []
    assert len(place.posted) == 1
    assert place.logged[0][0] == "error"


def test_dead_bucket_is_retried(place):
    place.s3.fails = "SlowDown"
    assert place.send(Pointer("incoming/a").to_json(), batch()) == ["id0"]
    assert len(place.posted) == 1


def test_dead_sentry_is_left_alone(place):
    """One attempt finds out; the others come again when it may be back."""
    place.answers = [RetryError("no answer: TimeoutError")]
    assert place.send(*[batch()] * 5) == [f"id{number}" for number in range(5)]
    assert place.posted == []
    assert place.delays == [(f"r{number}", 60) for number in range(5)]
    place.seconds = PAUSE + 1
    assert place.send(batch()) == []


def test_wait_of_sentry_is_kept(place):
    place.answers = [RetryError("answered 429", 300)]
    place.send(batch())
    place.seconds = 299
    assert place.send(batch()) == ["id0"]
    assert [delay for _, delay in place.delays] == [300, 1]
    place.seconds = 301
    assert place.send(batch()) == []


def test_endless_wait_is_bounded(place):
    place.answers = [RetryError("answered 429", 10**9)]
    place.send(batch())
    assert place.delays == [("r0", 900)]


def test_old_errors_are_given_up(place):
    assert place.send(batch(*EVENTS, at=START - timedelta(minutes=61))) == []
    assert place.posted == []
    assert place.logged == [("error", {"too old": 3})]


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_refused_error_is_dropped(place, status):
    place.answers = [PermanentError(f"answered {status}"), PermanentError(f"answered {status}"), None]
    assert place.send(batch(*EVENTS)) == []
    assert place.logged == [("error", {f"answered {status}": 2}), ("info", 1)]


def test_replaced_dsn_is_read_anew(place):
    place.answers = [None, PermanentError("answered 403")]
    place.send(batch())
    place.dsn = DSN.replace("abc", "def")
    assert place.send(batch()) == ["id0"]
    assert place.send(batch()) == []
    assert "sentry_key=def123" in place.posted[-1].headers["X-Sentry-Auth"]


@pytest.mark.parametrize("host", ["errors.example", "ERRORS.example:8443"])
def test_own_front_is_never_sent_to(place, host):
    place.dsn = f"https://abc@{host}/1"
    assert place.send(batch()) == []
    assert place.posted == []
    assert place.logged == [("error", {"the DSN leads back to this system": 1})]


@pytest.mark.parametrize("dsn", ["", "x", "https://host/1", "https://k@host/", "https://k@host/x", "ftp://k@host/1"])
def test_bad_dsn_can_be_corrected(place, dsn):
    place.dsn = dsn
    assert place.send(batch()) == ["id0"]
    place.dsn = DSN
    assert place.send(batch()) == []


def test_secret_that_cannot_be_read_waits(place):
    place.dsn = None
    assert place.send(batch()) == ["id0"]
    assert "AttributeError" in str(place.logged)


def test_nothing_is_begun_without_time(place):
    place.left = 9.0
    assert place.send(batch(), batch()) == ["id0", "id1"]
    assert place.posted == []


def test_counts_alone_are_not_relayed(place):
    assert place.send(Batch("api", Source.SDK, START, (), {"quota": 3}).to_json()) == []
    assert (place.posted, place.logged) == ([], [])


def test_logs_name_no_key(place):
    place.answers = [RetryError("answered 500")]
    place.send(batch())
    place.dsn = "https://abc123@host/x"
    place.seconds = 100
    place.relay._stored.forget(SECRET, "sentry")
    place.send(batch())
    assert "abc123" not in str(place.logged)
    assert "abc123" not in repr(Dsn.parse(DSN))


def test_failing_delay_is_no_failure(place, monkeypatch):
    def fail(**_):
        raise ClientError({"Error": {"Code": "ReceiptHandleIsInvalid", "Message": ""}}, "Change")

    monkeypatch.setattr(place, "change_message_visibility", fail)
    place.answers = [RetryError("answered 500")]
    assert place.send(batch()) == ["id0"]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://k@sentry.example/5", "https://sentry.example/api/5/envelope/"),
        ("https://k:s@sentry.example:9000/a/b/5/", "https://sentry.example:9000/a/b/api/5/envelope/"),
        ("http://k@[::1]:80/5", "http://[::1]:80/api/5/envelope/"),
    ],
)
def test_dsn_leads_to_envelopes(written, url):
    assert Dsn.parse(written).url == url


def test_bad_dsn_is_not_quoted():
    with pytest.raises(BadDsnError) as raised:
        Dsn.parse("https://geheim@[host/1")
    assert "geheim" not in str(raised.value)


def test_settings_travel_by_environment():
    assert Settings.from_environment(SETTINGS.to_environment()) == SETTINGS
    parameter = replace(SETTINGS, dsn_secret=None, dsn_parameter="/dsn")
    assert Settings.from_environment(parameter.to_environment()).dsn_stored == ("parameter", "/dsn")
