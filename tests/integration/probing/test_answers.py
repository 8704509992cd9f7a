"""What an endpoint answers decides its state."""

import asyncio
import gzip
import time
import zlib

import pytest

from tests.integration.probing.hostile import answer, answering, json_answer, listening, request


def test_expected_answer_is_up_and_timed(probe):
    """An expected answer is up with every phase timed."""
    with listening(answering(answer())) as port:
        result = probe(f"http://api.test:{port}/health")
    assert (result.state, result.reason, result.status) == ("up", None, 200)
    timings = result.timings
    assert timings.tls is None
    assert 0 < timings.connect <= timings.total
    assert 0 < timings.first_byte <= timings.total < 20_000


def test_late_answer_is_slow(probe):
    """An answer that takes longer than it may is slow and not down."""

    async def slowly(reader, writer):
        await request(reader)
        await asyncio.sleep(0.3)
        writer.write(answer())

    with listening(slowly) as port:
        result = probe(f"http://api.test:{port}/", slow_s=0.2)
    assert (result.state, result.slow) == ("slow", True)
    assert result.timings.first_byte >= 300


@pytest.mark.parametrize(
    ("expected", "state"), [([200], "down"), ([500], "up"), (["200-299"], "down"), ([200, "500-503"], "up")]
)
def test_the_status_decides(probe, expected, state):
    with listening(answering(answer(status="500 Oh"))) as port:
        result = probe(f"http://api.test:{port}/", expected_status=expected)
    assert result.state == state
    assert result.reason == ("wrong status" if state == "down" else None)
    assert result.status == 500


def test_passing_error_is_down_then_up(probe):
    """An error that passes is one down and then up."""
    with listening(answering(answer(status="500 Oh"), answer())) as port:
        states = [probe(f"http://api.test:{port}/").state for _ in range(2)]
    assert states == ["down", "up"]


def test_a_failing_check_is_named_and_degrades(probe):
    body = '{"status": "degraded", "checks": {"database": {"status": "ok"}, "disk": {"status": "failing"}}}'
    with listening(answering(json_answer(body))) as port:
        result = probe(f"http://api.test:{port}/")
    assert (result.state, result.failing_checks, result.detail) == ("degraded", ("disk",), "failing: disk")


@pytest.mark.parametrize(
    "body",
    [
        '{"status": "down", "checks": {"database": {"status": "failing"}}}',
        '{"status": "DOWN", "checks": [{"name": "database", "status": "DOWN"}, {"name": "queue", "status": "UP"}]}',
        '{"status": "DOWN", "components": {"database": {"status": "DOWN"}, "ping": {"status": "UP"}}}',
    ],
)
def test_wrong_status_names_failing_check(probe, body):
    """A wrong status is down and still names the failing check."""
    with listening(answering(json_answer(body, "503 No"))) as port:
        result = probe(f"http://api.test:{port}/")
    assert (result.state, result.reason) == ("down", "wrong status")
    assert result.detail == "it answered 503; failing: database"


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ({"path": "status", "equals": "ok"}, "up"),
        ({"path": "status", "equals": "fine"}, "down"),
        ({"path": "nodes[0].depth", "below": 10}, "up"),
        ({"path": "nodes[0].depth", "below": 7}, "down"),
        ({"path": "nodes[1].depth", "below": 7}, "down"),
        ({"path": "roles", "contains": "primary"}, "up"),
        ({"path": "status", "contains": "k"}, "up"),
        ({"contains": '"nodes"'}, "up"),
        ({"contains": "Welcome"}, "down"),
    ],
)
def test_conditions_on_the_body(probe, condition, state):
    body = '{"status": "ok", "nodes": [{"depth": 7}], "roles": ["primary"]}'
    with listening(answering(json_answer(body))) as port:
        result = probe(f"http://api.test:{port}/", conditions=[condition])
    assert result.state == state
    assert result.reason == ("wrong body" if state == "down" else None)


def test_unrequested_compression_is_understood(probe):
    """An answer that is compressed unasked is understood."""
    body = gzip.compress(b'{"status": "ok"}')
    with listening(answering(answer(body, content_encoding="gzip", content_type="application/json"))) as port:
        result = probe(f"http://api.test:{port}/", conditions=[{"path": "status", "equals": "ok"}])
    assert result.state == "up"


@pytest.mark.parametrize("encoding", ["UTF-8", "none", "utf-8, identity", "text/plain", ""])
def test_name_that_is_no_encoding_is_none(probe, encoding):
    with listening(answering(answer(content_encoding=encoding))) as port:
        assert probe(f"http://api.test:{port}/", conditions=[{"contains": "fine"}]).state == "up"


@pytest.mark.parametrize("window", [zlib.MAX_WBITS, -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS])
def test_deflate_has_several_forms(probe, window):
    """Deflate is read in each of its forms."""
    compressor = zlib.compressobj(wbits=window)
    body = compressor.compress(b"all is fine") + compressor.flush()

    async def byte_by_byte(reader, writer):
        await request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n")
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()

    with listening(byte_by_byte) as port:
        assert probe(f"http://api.test:{port}/", conditions=[{"contains": "all is fine"}]).state == "up"


def test_encoding_that_cannot_be_read_is_named(probe):
    with listening(answering(answer(content_encoding="gzip, br"))) as port:
        result = probe(f"http://api.test:{port}/")
    assert result.detail == "its body is encoded as gzip, br, which was not asked for"


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_byte_order_mark_is_skipped(probe, content_type):
    """Byte order mark before json is passed over."""
    body = b'\xef\xbb\xbf{"status": "down", "checks": {"disk": false}}'
    with listening(answering(answer(body, content_type=content_type))) as port:
        result = probe(f"http://api.test:{port}/", conditions=[{"path": "status", "equals": "down"}])
    assert (result.state, result.failing_checks) == ("degraded", ("disk",))


@pytest.mark.parametrize(("expected", "state"), [(["200-299"], "down"), ([200, 999], "up")])
def test_unusual_status_must_be_expected(probe, expected, state):
    """Status beyond those of http is wrong unless expected."""
    with listening(answering(answer(status="999 Request denied"))) as port:
        result = probe(f"http://api.test:{port}/", expected_status=expected)
    assert (result.state, result.status) == (state, 999)
    assert result.reason == ("wrong status" if state == "down" else None)


def test_body_without_length_ends_at_close(probe):
    """A body without a length ends with the connection."""
    with listening(answering(b"HTTP/1.0 200 OK\r\n\r\nfine")) as port:
        assert probe(f"http://api.test:{port}/", conditions=[{"contains": "fine"}]).state == "up"


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_other_methods(probe, method):
    asked = []

    async def serve(reader, writer):
        asked.append(await request(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" if method == "HEAD" else answer())

    with listening(serve) as port:
        assert probe(f"http://api.test:{port}/a?b=c", method=method).state == "up"
    assert asked[0].startswith(f"{method} /a?b=c HTTP/1.1\r\nHost: api.test:{port}\r\n".encode())


def test_durations_do_not_follow_the_wall_clock(probe, monkeypatch):
    jumps = iter(range(10**9, 2 * 10**9, 10**6))
    monkeypatch.setattr(time, "time", lambda: float(next(jumps)))
    with listening(answering(answer())) as port:
        result = probe(f"http://api.test:{port}/")
    assert result.state == "up"
    assert 0 < result.timings.total < 20_000
