"""Servers that answer with something else, too much, too slowly or from elsewhere: one line each, and in time."""

import asyncio
import gzip
import time
import zlib

import pytest

from lambdas.prometheus_scrape import fetch
from lambdas.prometheus_scrape.sources import Kind, Series
from tests.integration.probing.hostile import answer, answering, endless, listening, request, silent

LAG = Series("lag_seconds", Kind.GAUGE)
FINE = answer(b"lag_seconds 1\n")
SECRET = {"Authorization": {"secret": "metrics-token"}}


def series_of(size):
    """So many bytes of series, the wanted one in the middle."""
    line = b'other_total{route="/orders/%d",status="200",method="GET"} %d\n'
    lines = [line % (number, number) for number in range(size // 64)]
    return b"".join([*lines[: len(lines) // 2], b"lag_seconds 1\n", *lines[len(lines) // 2 :]])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer(b"<html>sign in</html>", content_type="text/html; charset=utf-8"), "a page of HTML"),
        (answer(b"no", status="404 Not Found"), "it answered 404"),
        (
            answer(b"", status="302 Found", location="https://elsewhere.test/"),
            "it redirects, and headers would go along",
        ),
        (answer(zlib.compress(b"lag_seconds 1\n"), content_encoding="br"), "encoded as br"),
        (answer(gzip.compress(b"lag_seconds 1\n" * 2_000_000), content_encoding="gzip"), "larger than 10000000 bytes"),
        (answer(b"# " + b"x" * 10_000_001), "larger than 10000000 bytes"),
        (b"+OK POP3 ready\r\n", "does not begin like one of HTTP/1.1"),
        (FINE[:-5], "closed the connection before its answer was complete"),
        (answer(bytes(range(256)) + b"\nlag_seconds 1 2 x\n"), "malformed"),
    ],
)
def test_other_answer_is_one_fault(scraped, given, said):
    with listening(answering(given)) as port:
        found, faults = scraped(f"http://shop.test:{port}/metrics", LAG)
    assert (found, len(faults)) == ({}, 1)
    assert said in faults[0]


def test_five_megabytes_of_series_are_read(scraped):
    with listening(answering(answer(series_of(5_000_000)))) as port:
        began = time.monotonic()
        assert scraped(f"http://shop.test:{port}/metrics", LAG) == ({"lag_seconds": 1}, [])
        assert time.monotonic() - began < 5


def test_compressed_answer_is_read(scraped):
    """Though it was not asked for."""
    with listening(answering(answer(gzip.compress(b"lag_seconds 1\n"), content_encoding="gzip"))) as port:
        assert scraped(f"http://shop.test:{port}/metrics", LAG) == ({"lag_seconds": 1}, [])


@pytest.mark.parametrize(
    ("serve", "said"),
    [
        (silent, "did not begin to answer in time"),
        (
            endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2\r\n#\n\r\n", 0.05),
            "did not end in time",
        ),
    ],
)
def test_slow_server_is_given_up(scraped, monkeypatch, serve, said):
    with listening(serve) as port:
        began = time.monotonic()
        found, faults = scraped(f"http://shop.test:{port}/metrics", LAG, seconds=1)
        assert time.monotonic() - began < 5
    assert (found, len(faults)) == ({}, 1)
    assert said in faults[0]


@pytest.mark.parametrize(("address", "said"), [("127.0.0.1", "a loopback address"), ("169.254.169.254", "metadata")])
def test_private_addresses_are_refused(scraped, address, said):
    allowed = said == "metadata"  # which nothing allows
    found, faults = scraped("http://shop.test:1/metrics", LAG, allow_private=allowed, address=address)
    assert (found, len(faults)) == ({}, 1)
    assert said in faults[0]


def test_secret_header_reaches_the_endpoint(scraped):
    """And is in no line: a rejected one is read again."""
    asked = []

    async def serve(reader, writer):
        asked.append(await request(reader))
        writer.write(FINE)

    with listening(serve) as port:
        secrets = {"metrics-token": "Bearer t0ken"}
        assert scraped(f"http://shop.test:{port}/metrics?all=1", LAG, headers=SECRET, secrets=secrets)[1] == []
    assert b"GET /metrics?all=1 HTTP/1.1\r\n" in asked[0]
    assert b"Authorization: Bearer t0ken\r\n" in asked[0]
    assert b"Accept: text/plain;version=0.0.4\r\n" in asked[0]


def test_unreadable_secret_is_one_fault(scraped):
    found, faults = scraped("http://shop.test:1/metrics", LAG, headers=SECRET)
    assert (found, len(faults)) == ({}, 1)
    assert "secret 'metrics-token' cannot be sent" in faults[0]


def test_unexpected_error_is_one_fault(scraped, monkeypatch):
    """A fault of ours at one endpoint costs the others nothing."""

    def fail(_head):
        raise IndexError

    monkeypatch.setattr(fetch, "_check", fail)
    with listening(answering(FINE)) as port:
        assert scraped(f"http://shop.test:{port}/metrics", LAG)[1] == [
            "shop: reading it failed: IndexError (the log has where)"
        ]


def test_many_pieces_are_bounded(scraped):
    async def serve(reader, writer):
        await request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"2\r\n#\n\r\n" * 30_000 + b"0\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(5)

    with listening(serve) as port:
        found, faults = scraped(f"http://shop.test:{port}/metrics", LAG)
    assert (found, len(faults)) == ({}, 1)
