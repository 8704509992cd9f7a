"""What clients send is taken, refused with a reason, or counted; nothing bad takes its neighbours with it."""

import base64
import gzip
import json
import time
import zlib
from functools import partial

import brotli
import pytest

from lambdas.error_intake import events
from lambdas.error_intake.projects import ProjectKeys
from lambdas.error_intake.settings import Settings
from lambdas.vocabulary.error_tracking import SessionCount
from tests.unit.lambdas.error_intake.sending import (
    ERROR,
    EVENT_ID,
    KEY,
    REVOKED,
    SETTINGS,
    WEB_KEY,
    Place,
    envelope,
    of_error,
    request,
)

EVENT = {"type": "event"}
DSN = f"https://{KEY}@errors.example/1"


@pytest.fixture
def place():
    return Place()


def said(answer):
    return answer["statusCode"], json.loads(answer["body"])


def raw_deflate(body):
    deflate = zlib.compressobj(wbits=-15)
    return deflate.compress(body) + deflate.flush()


@pytest.mark.parametrize("as_text", [True, False])
def test_error_is_handed_over(place, as_text):
    assert said(place.send(of_error(), as_text=as_text)) == (200, {"id": EVENT_ID})
    (batch,) = place.batches
    assert (batch.project, batch.source) == ("api", "sdk")
    assert batch.events[0]["exception"]["values"] == [{"type": "Error", "value": "boom"}]


@pytest.mark.parametrize("path", ["/api/1/envelope", "/api/1/envelope/", "/prod/api/1/envelope/"])
def test_path_may_have_a_stage(place, path):
    assert place.send(of_error(), path=path)["statusCode"] == 200


def test_other_paths_are_not_found(place):
    assert place.send(of_error(), path="/api/x/envelope/")["statusCode"] == 404


def test_store_takes_a_bare_event(place):
    assert said(place.send(json.dumps(ERROR), route="store")) == (200, {"id": EVENT_ID})
    assert place.events[0]["event_id"] == EVENT_ID


def test_store_takes_an_encoded_event(place):
    """As SDKs from before 2020 write it."""
    body = base64.b64encode(zlib.compress(json.dumps(ERROR).encode()))
    assert said(place.send(body, route="store")) == (200, {"id": EVENT_ID})


@pytest.mark.parametrize("body", ["", "x", "[]", "!!!!", "aGFsbG8=", "null"])
def test_store_refuses_what_is_none(place, body):
    assert place.send(body, route="store")["statusCode"] == 400


def test_store_refuses_a_bomb(place):
    bomb = base64.b64encode(zlib.compress(b"{" + b" " * 100_000_000))
    assert place.send(bomb, route="store")["statusCode"] == 413


def test_settings_travel_by_environment():
    assert Settings.from_environment(SETTINGS.to_environment()) == SETTINGS


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({}, {}),
        (
            {"key": "", "headers": {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_client=x/1, sentry_key={KEY}"}},
            {},
        ),
        ({"key": "", "headers": {"Authorization": f"Sentry sentry_key={KEY},sentry_version=7"}}, {}),
        ({"key": ""}, {"dsn": DSN}),
        ({"key": "", "query": {"sentry_key": KEY}}, {}),
    ],
)
def test_key_may_stand_in_many_places(place, options, header):
    assert place.send(of_error(**header), **options)["statusCode"] == 200


@pytest.mark.parametrize("encode", [gzip.compress, zlib.compress, raw_deflate, brotli.compress, bytes])
def test_every_compression_is_inflated(place, encode):
    names = {gzip.compress: "gzip", brotli.compress: "br", bytes: "identity"}
    headers = {"Content-Encoding": names.get(encode, "deflate")}
    assert place.send(encode(of_error().encode()), headers=headers)["statusCode"] == 200
    assert len(place.events) == 1


def test_key_is_found_in_compressed_dsn(place):
    body = gzip.compress(of_error(dsn=DSN).encode())
    assert place.send(body, key="", headers={"content-encoding": "gzip"})["statusCode"] == 200


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"key": ""}, 401),
        ({"key": "d" * 32}, 403),
        ({"key": REVOKED}, 403),
        ({"key": WEB_KEY}, 403),
        ({"number": 7}, 403),
        ({"method": "GET"}, 405),
        ({"headers": {"content-encoding": "zstd"}}, 415),
        ({"headers": {"content-encoding": "gzip"}}, 400),
        ({"headers": {"content-encoding": "br"}}, 400),
    ],
)
def test_refusal_gives_one_reason(place, options, status):
    answered, body = said(place.send(of_error(), **options))
    assert answered == status
    assert list(body) == ["detail"]
    assert "\n" not in body["detail"]
    assert not place.sqs.sent


@pytest.mark.parametrize(
    "body", ["", "\n", "no json", "[]", "null", '{"a": ', "\x00\xff", '{"a":' * 3000, "1" * 9000, '{"a": ' + "1" * 5000]
)
def test_bad_envelope_header_is_refused(place, body):
    answered, answer = said(place.send(body))
    assert answered == 400
    assert answer == {"detail": "the envelope's first line is not a JSON object"}


def test_truncated_compression_is_refused(place):
    for name, compress in (("gzip", gzip.compress), ("br", brotli.compress), ("deflate", zlib.compress)):
        body = compress(of_error().encode())[:-9]
        assert place.send(body, headers={"content-encoding": name})["statusCode"] == 400


@pytest.mark.parametrize(("name", "compress"), [("gzip", gzip.compress), ("br", partial(brotli.compress, quality=1))])
def test_bomb_is_refused(place, name, compress):
    bomb = compress(of_error().encode() + b"\0" * 200_000_000)
    assert len(bomb) < 1_000_000
    assert place.send(bomb, headers={"content-encoding": name})["statusCode"] == 413
    assert not place.sqs.sent


def test_bomb_without_key_costs_little(place, monkeypatch):
    """Of a body without a key beside it, only the first line is inflated."""
    monkeypatch.setattr("lambdas.error_intake.take_in.inflated", None)
    bomb = gzip.compress(b" " * 100_000_000)
    assert place.send(bomb, key="", headers={"content-encoding": "gzip"})["statusCode"] == 400


def test_bomb_in_a_bomb_is_refused(place):
    bomb = gzip.compress(gzip.compress(b" " * 100_000_000))
    assert place.send(bomb, headers={"content-encoding": "gzip, gzip"})["statusCode"] == 413


def test_large_event_is_refused(place):
    answered, answer = said(place.send(of_error({**ERROR, "extra": {"x": "y" * (1 << 20)}})))
    assert (answered, answer) == (413, {"detail": "the event is larger than 1 MiB"})
    assert place.dropped == {"too large": 1}


def test_many_large_events_are_bounded(place):
    events = [(EVENT, {**ERROR, "extra": {"x": "y" * 900_000}})] * 4
    assert place.send(envelope(*events))["statusCode"] == 200
    assert (len(place.events), place.dropped) == (2, {"too large": 2})


@pytest.mark.parametrize(
    ("bad", "lost"),
    [
        ((EVENT, "no json"), 1),
        ((EVENT, "[1, 2]"), 1),
        ((EVENT, '{"a":' * 100_000), 1),
        ((EVENT, '{"extra": {"n": ' + "1" * 5000 + "}}"), 1),
        ((["no header"], '{"a": 1}'), 1),
        (({"no": "type"}, {"platform": "node", "extra": {}}), 1),
        (({"type": 7}, {}), 1),
        (({"type": "session"}, "[]"), 0),
        (({"type": "client_report"}, "x"), 0),
        (({"type": "of tomorrow"}, {}), 0),
    ],
)
def test_bad_item_keeps_its_neighbours(place, bad, lost):
    first, last = {**ERROR, "message": "first"}, {**ERROR, "message": "last"}
    answer = place.send(envelope((EVENT, first), bad, ({"type": "event", "length": len(json.dumps(last))}, last)))
    assert answer["statusCode"] == 200
    assert [event["message"] for event in place.events] == ["first", "last"]
    assert place.dropped == ({"malformed": lost} if lost else {})


@pytest.mark.parametrize("length", [1, 10_000, -1, "12", 1.5, True, None])
def test_wrong_length_is_ignored(place, length):
    items = ({"type": "event", "length": length}, ERROR), (EVENT, {**ERROR, "message": "next"})
    place.send(envelope(*items))
    assert len(place.events) == 2


def test_payload_with_length_holds_newlines(place):
    attachment = "line\n{}\nline"
    place.send(envelope(({"type": "attachment", "length": len(attachment)}, attachment), (EVENT, ERROR)) + "\n")
    assert len(place.events) == 1
    assert not place.dropped


def test_invalid_utf8_is_replaced(place):
    body = of_error({**ERROR, "message": "MARK"}).encode().replace(b"MARK", b"\xff\xfe caf\xc3\xa9")
    assert place.send(body)["statusCode"] == 200
    assert place.events[0]["message"].endswith("café")


def test_lone_surrogate_is_replaced(place):
    assert place.send(of_error({**ERROR, "message": "half \ud83d"}))["statusCode"] == 200
    place.events[0]["message"].encode()


def test_not_a_number_is_no_value(place):
    place.send(of_error().replace('"boom"', '"boom", "mechanism": {"x": NaN, "y": Infinity}'))
    assert "NaN" not in place.sqs.bodies[0]
    assert place.events[0]["exception"]["values"][0]["mechanism"] == {"x": None, "y": None}


def test_endless_items_are_bounded(place):
    place.send(envelope(*[({"type": "span"}, {})] * 5000, (EVENT, ERROR)))
    assert not place.events
    assert place.dropped == {"malformed": 1}


@pytest.mark.parametrize("line", ["", "{", "{}", "x", '{"a":1}', '{"type":"x"}\n'])
def test_endless_lines_cost_little(place, line):
    body = "{}\n" + f"{line}\n" * 2_000_000
    started = time.thread_time()
    place.send(gzip.compress(body.encode(), 1), headers={"content-encoding": "gzip"})
    assert time.thread_time() - started < 3
    assert not place.events


def test_large_report_is_not_read(place):
    reasons = [{"reason": "send_error", "category": "error", "quantity": 1}] * 30_000
    assert place.send(envelope(({"type": "client_report"}, {"discarded_events": reasons})))["statusCode"] == 200
    assert not place.dropped


def test_nothing_taken_is_refused(place):
    answered, answer = said(place.send(envelope((EVENT, "no json"))))
    assert (answered, answer) == (400, {"detail": "nothing of it could be taken: malformed"})


def test_empty_envelope_is_taken(place):
    assert said(place.send("{}")) == (200, {})
    assert not place.sqs.sent


@pytest.mark.parametrize("written", ["", "x", 7, None, "9ec79c33-ec99-42ab-8353-589fcb2e04dc", EVENT_ID.upper()])
def test_event_has_an_id(place, written):
    answer = said(place.send(of_error({**ERROR, "event_id": written}, event_id=None)))
    (event,) = place.events
    assert answer == (200, {"id": event["event_id"]})
    assert len(event["event_id"]) == 32


def test_transaction_is_no_error(place):
    answer = place.send(json.dumps({"type": "transaction", "spans": []}), route="store")
    assert answer["statusCode"] == 200
    assert not place.sqs.sent


@pytest.fixture
def logged(monkeypatch):
    """Counts of the tallies' lines."""
    lines = []
    monkeypatch.setattr("lambdas.error_intake.tally.logger.info", lambda _, counts: lines.append(counts))
    return lines


def test_refusals_are_logged_seldom(place, logged):
    for _ in range(50):
        place.send(of_error(), key=REVOKED)
    assert logged == [{"403: the key is not one of this project (wrong, revoked or of another one)": 1}]
    place.wait(61)
    place.send(of_error(), key="")
    assert list(logged[1].values()) == [49, 1]


def test_other_items_are_counted(place, logged):
    for _ in range(3):
        body = envelope(({"type": "transaction"}, {}), ({"type": "log"}, {}), ({"type": "of tomorrow"}, {}))
        assert place.send(body)["statusCode"] == 200
    assert logged == [{"transaction": 1, "log": 1, "other": 1}]
    place.wait(61)
    place.send(envelope(({"type": "log"}, {})))
    assert logged[1:] == [{"transaction": 2, "log": 3, "other": 2}]
    assert not place.sqs.sent


def test_sessions_are_counted(place):
    attributes = {"release": "api@1.2", "environment": "prod"}
    aggregates = [{"started": "x", "exited": 5, "errored": 2, "crashed": 1}, {"exited": 3, "abnormal": -4}, "bad"]
    items = (
        ({"type": "sessions"}, {"aggregates": aggregates, "attrs": attributes}),
        ({"type": "session"}, {"init": True, "status": "ok", "errors": 0, "attrs": attributes}),
        ({"type": "session"}, {"status": "ok", "errors": 1, "attrs": attributes}),
        ({"type": "session"}, {"status": "exited", "errors": 1, "attrs": attributes}),
        ({"type": "session"}, {"status": "crashed", "errors": 1, "attrs": attributes}),
    )
    assert said(place.send(envelope(*items, header={}))) == (200, {})
    assert place.batches[0].sessions == (SessionCount("api@1.2", "prod", started=12, errored=3, crashed=2),)


def test_dropped_errors_are_counted(place):
    discarded = [
        {"reason": "ratelimit_backoff", "category": "error", "quantity": 7},
        {"reason": "ratelimit_backoff", "category": "transaction", "quantity": 70},
        {"reason": "made up", "category": "default", "quantity": 2},
        {"reason": "queue_overflow", "category": "error", "quantity": 10**12},
        {"reason": "send_error", "category": "error", "quantity": -5},
        "bad",
    ]
    assert place.send(envelope(({"type": "client_report"}, {"discarded_events": discarded})))["statusCode"] == 200
    assert place.dropped == {"ratelimit_backoff": 7, "other": 2, "queue_overflow": 100_000}


def test_failed_scrubbing_drops_the_event(place, monkeypatch, capsys):
    def fail(event, environment):
        raise RuntimeError("hunter2")

    monkeypatch.setattr(events, "scrubbed", fail)
    answer = place.send(envelope((EVENT, {**ERROR, "message": "hunter2"}), ({"type": "log"}, {})))
    assert answer["statusCode"] == 200
    assert place.dropped == {"scrubber failed": 1}
    assert not place.events
    assert "hunter2" not in str((place.sqs.bodies, answer, *capsys.readouterr()))


def test_relayed_event_is_not_taken_again(place):
    assert place.send(of_error(), headers={"X-Relayed-By": "prod"})["statusCode"] == 200
    assert not place.events
    assert place.dropped == {"relayed": 1}


def test_preflight_allows_every_page(place):
    answer = place.send("", method="OPTIONS", key="", headers={"origin": "https://shop.example"})
    assert answer["statusCode"] == 204
    assert answer["headers"]["Access-Control-Allow-Origin"] == "*"
    assert "x-sentry-auth" in answer["headers"]["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize("key", [KEY, ""])
def test_pages_may_read_every_answer(place, key):
    headers = place.send(of_error(), key=key)["headers"]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Sentry-Rate-Limits" in headers["Access-Control-Expose-Headers"]


def test_large_batch_lies_in_the_bucket(place):
    breadcrumbs = [{"message": f"step {number} " + "x" * 7000} for number in range(90)]
    place.send(of_error({**ERROR, "breadcrumbs": breadcrumbs}))
    assert len(place.sqs.bodies[0]) < 200
    assert next(iter(place.s3.objects)).startswith("incoming/2026-11-27/")
    assert len(place.events[0]["breadcrumbs"]) == 90


def test_failing_queue_is_said_and_counted(place):
    """Nobody retries, but newer SDKs count it; so does the next message that gets through."""
    place.sqs.fails.add(SETTINGS.queue_url)
    answered, answer = said(place.send(of_error()))
    assert (answered, answer) == (503, {"detail": "the queue cannot be reached"})
    place.sqs.fails.clear()
    place.send(of_error())
    assert place.dropped == {"queue unavailable": 1}


def test_relay_gets_the_same_message():
    place = Place(Settings(**{**vars(SETTINGS), "relay_queue_url": "https://relay"}))
    place.send(of_error())
    assert [url for url, _ in place.sqs.sent] == [SETTINGS.queue_url, "https://relay"]
    assert place.sqs.bodies[0] == place.sqs.bodies[1]


def test_dead_relay_queue_loses_nothing(monkeypatch):
    place = Place(Settings(**{**vars(SETTINGS), "relay_queue_url": "https://relay"}))
    place.sqs.fails.add("https://relay")
    assert place.send(of_error())["statusCode"] == 200
    assert len(place.events) == 1


def test_message_reads_as_a_batch(place):
    """The message is written without walking events twice, and reads as `Batch.to_json`'s."""
    place.send(of_error({**ERROR, "message": "Grüße 😀"}))
    (batch,) = place.batches
    assert json.loads(place.sqs.bodies[0]) == json.loads(batch.to_json())


def test_project_reads_as_written():
    project = ProjectKeys(3, "web", (KEY, WEB_KEY), 5)
    assert ProjectKeys.from_json(project.to_json()) == project


def test_request_without_anything_is_answered(place):
    bare = {"rawPath": "/api/1/envelope/", "requestContext": {"http": {"method": "POST"}}}
    assert place.intake.answer(bare)["statusCode"] == 400
    assert place.intake.answer({**request("x"), "body": "no base 64"})["statusCode"] == 400
