"""What browsers take in the head of an answer is no outage, and what nobody takes is named, without its value."""

import pytest

from tests.integration.probing.hostile import answering, listening, request

BODY = b"Content-Length: 4\r\n\r\nfine"


def head(*lines, status=b"HTTP/1.1 200 OK"):
    return b"\r\n".join([status, *lines, BODY])


TAKEN = {
    "a blank before the colon": (head(b"X-Cache : hit"), "header X-Cache"),
    "a blank in the name": (head(b"X Cache: hit"), "header X"),
    "letters that are no token": (head("X-Größe: 1".encode()), "header X-Gr"),
    "no name": (head(b": hit"), "line 2 of the head"),
    "no colon": (head(b"A: 1", b"(a proxy was here)"), "line 3 of the head"),
    "no colon after a secret": (head(b"Set-Cookie session=s3cret; Expires=Mon, 09:00"), "header Set-Cookie"),
    "a vertical tab": (head(b"X-Note: a\x0bb"), "header X-Note"),
    "a first line that continues nothing": (head(b" folded"), "header folded"),
    "chunked twice": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n",
        "header Transfer-Encoding",
    ),
    "a coding that is none": (head(b"Transfer-Encoding: identity"), "header Transfer-Encoding"),
    "two blanks in the status line": (head(status=b"HTTP/1.1  200 OK"), "status line"),
    "control characters in the reason": (head(status=b"HTTP/1.1 200 O\x00K"), "status line"),
    "bare line feeds": (head(b"X Y: 1").replace(b"\r\n", b"\n"), "header X"),
    "after an interim answer": (b"HTTP/1.1 100 Continue\r\n\r\n" + head(b"X Y: 1"), "header X"),
    "an interim answer": (b"HTTP/1.1 103 Early\r\nX Y: 1\r\n\r\n" + head(), "header X"),
}

REFUSED = {
    "a NUL": (head(b"Fine: 1", b"X-Token: s3cret\x00"), "header X-Token is malformed"),
    "a length that is no number": (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "its Content-Length is no number"),
    "two lengths": (head(b"Content-Length: 5"), "it has two different Content-Length headers"),
    "another coding": (head(b"Transfer-Encoding: gzip"), "its Transfer-Encoding is not chunked"),
    "chunks that are none": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ns3cret\r\n",
        "its chunks are malformed",
    ),
    "no status": (b"HTTP/1.1 fine\r\n\r\n", "its status line is malformed"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_malformed_head_is_up_and_described(probe, name):
    """Head that browsers take is up and says what is malformed."""
    sent, flaw = TAKEN[name]
    with listening(answering(sent)) as port:
        result = probe(f"http://api.test:{port}/", conditions=[{"contains": "fine"}])
    assert result.state == "up", result.detail
    assert result.flaws == (flaw,)


@pytest.mark.parametrize("name", REFUSED)
def test_head_that_nobody_takes_names_its_culprit(probe, name):
    sent, culprit = REFUSED[name]
    with listening(answering(sent)) as port:
        result = probe(f"http://api.test:{port}/")
    assert (result.state, result.reason) == ("down", "malformed")
    assert result.detail == f"its answer is not HTTP/1.1: {culprit}"


def test_ten_flaws_are_named_and_each_once(probe):
    with listening(answering(head(*[b"X%d Y: 1" % (number // 2) for number in range(50)]))) as port:
        result = probe(f"http://api.test:{port}/")
    assert result.flaws == tuple(f"header X{number}" for number in range(10))


def test_malformed_head_in_pieces_is_read(probe):
    """Malformed head that comes in pieces is read whole."""

    async def byte_by_byte(reader, writer):
        await request(reader)
        for byte in head(b"X Cache: hit"):
            writer.write(bytes([byte]))
            await writer.drain()

    with listening(byte_by_byte) as port:
        assert probe(f"http://api.test:{port}/", conditions=[{"contains": "fine"}]).state == "up"
