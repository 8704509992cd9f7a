"""Whatever a server sends, its probe ends in bounded time and memory with a clear reason."""

import gzip
import tracemalloc

import pytest

from lambdas.shared.guarded_http.bodies import Memory
from lambdas.shared.guarded_http.errors import ProbeError
from tests.integration.probing.hostile import answer, answering, endless, json_answer, listening, request, silent

OK = b"HTTP/1.1 200 OK\r\n"
JSON = OK + b"Content-Type: application/json\r\n"
BOMB = gzip.compress(bytes(200_000_000), 9)


async def closes(reader, writer):
    await request(reader)


async def resets(reader, writer):
    await request(reader)
    writer.transport.abort()


async def shouts_before_it_is_asked(reader, writer):
    writer.write(b"220 mail.example.com ESMTP\r\n")
    await writer.drain()
    await reader.read()


SERVERS = {
    "accepts and says nothing": (silent, "timeout waiting"),
    "one byte of the headers at a time": (endless(OK, b"x", 0.05), "timeout reading"),
    "one byte of the body at a time": (endless(OK + b"Content-Length: 900\r\n\r\n", b"x", 0.05), "timeout reading"),
    "less than it promised": (answering(answer(b"short", content_length="100")), "closed"),
    "two lengths": (answering(OK + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nfine!"), "malformed"),
    "a length that is no number": (answering(answer(content_length="-1")), "malformed"),
    "closes without a word": (closes, "closed"),
    "resets": (resets, "closed"),
    "half a header": (answering(OK + b"Content-Ty"), "closed"),
    "100 MB": (endless(OK + b"Content-Length: 100000000\r\n\r\n", bytes(65536)), "too large"),
    "a body without end": (endless(OK + b"\r\n", bytes(65536)), "too large"),
    "chunks without end": (endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + bytes(16384) + b"\r\n"),
                           "too large"),
    "chunks of one byte": (endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 1000), "too large"),
    "headers without end": (endless(OK, b"X-Filler: " + b"x" * 1000 + b"\r\n"), "too large"),
    "headers of 1 MB": (answering(OK + b"X-Filler: " + b"x" * 1_000_000 + b"\r\n\r\n"), "too large"),
    "continue without end": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "too large"),
    "a gzip bomb": (answering(answer(BOMB, content_encoding="gzip")), "too large"),
    "broken gzip": (answering(answer(b"\x1f\x8b" + b"x" * 50, content_encoding="gzip")), "wrong body"),
    "an encoding that was not asked for": (answering(answer(content_encoding="br")), "wrong body"),
    "garbage": (answering(bytes(range(128, 256)) * 8 + b"\r\n\r\n"), "malformed"),
    "another protocol": (shouts_before_it_is_asked, "malformed"),
    "a switch of protocols": (answering(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "malformed"),
    "JSON that is none": (answering(json_answer("{")), "wrong body"),
    "JSON nested 100 000 deep": (answering(json_answer("[" * 100_000 + "]" * 100_000)), "wrong body"),
    "JSON objects nested 100 000 deep": (answering(json_answer('{"a":' * 100_000 + "1" + "}" * 100_000)), "wrong body"),
    "a number of 100 000 digits": (answering(json_answer("[" + "9" * 100_000 + "]")), "wrong body"),
    "a body that is not UTF-8": (answering(json_answer(b'{"status": "\xff\xfe"}')), "wrong body"),
}  # fmt: skip


@pytest.mark.parametrize("server", SERVERS)
def test_hostile_server_is_down_with_reason(probe, server):
    """A hostile server is down for a reason."""
    serve, reason = SERVERS[server]
    timeout = 1 if reason.startswith("timeout") else 20
    with listening(serve) as port:
        result = probe(f"http://api.test:{port}/", timeout_s=timeout, slow_s=0.5)
    assert (result.state, result.reason) == ("down", reason)
    assert result.timings.total < 20_000


@pytest.mark.parametrize("server", ["100 MB", "a body without end", "a gzip bomb", "headers of 1 MB"])
def test_a_hostile_server_costs_little_memory(probe, server):
    with listening(SERVERS[server][0]) as port:
        probe(f"http://api.test:{port}/")
        tracemalloc.start()
        try:
            probe(f"http://api.test:{port}/")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 6_000_000  # the server in the same process included


def test_a_timeout_in_a_phase_names_it(probe, dependencies):
    with listening(silent) as port:
        assert probe(f"https://api.test:{port}/", timeout_s=1, slow_s=0.1).reason == "timeout in tls"


def test_hostile_text_is_escaped_in_log(probe):
    """Hostile text does not reach the log unchanged."""
    body = '{"status": "bad\\nnews\\u001b[31m", "checks": {"disk\\n\\u0007": false}}'
    with listening(answering(json_answer(body))) as port:
        url = f"http://api.test:{port}/"
        results = [probe(url), probe(url, conditions=[{"path": "status", "equals": "ok"}])]
    assert results[0].failing_checks == ("disk",)
    assert all(result.detail.isprintable() for result in results)


def test_large_bodies_share_a_bounded_memory():
    memory = Memory(100)
    with memory.share() as share:
        share.take(80)
        with memory.share() as other, pytest.raises(ProbeError, match="too many large bodies"):
            other.take(40)
    with memory.share() as share:
        share.take(100)
