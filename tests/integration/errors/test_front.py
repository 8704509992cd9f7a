"""Requests reach functions as API Gateway hands them over: chunked ones whole, and typeless ones in base64."""

import json
import socket
import urllib.request

import pytest

from tests.integration.errors.front import front
from tests.unit.lambdas.error_intake.sending import EVENT_ID, KEY, Place, of_error

BODY = of_error().encode()
START = f"POST /api/1/envelope/?sentry_key={KEY} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode()


def exchange(here, *pieces):
    """The answer to these bytes, each piece sent by itself."""
    with socket.create_connection(("127.0.0.1", here.port), 10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


@pytest.fixture
def place():
    return Place()


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_chunked_error_is_taken(place, size):
    chunks = [BODY[at : at + size] for at in range(0, len(BODY), size)]
    written = [b"%x;ext=1\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks]
    with front({"/api/": place.intake.answer}) as here:
        answer = exchange(here, START, b"Transfer-Encoding: chunked\r\n\r\n", *written, b"0\r\n\r\n")
    assert b"200" in answer.splitlines()[0]
    assert place.events[0]["event_id"] == EVENT_ID
    assert here.received[0]["isBase64Encoded"]


def test_error_with_a_length_is_taken(place):
    with front({"/api/": place.intake.answer}) as here:
        answer = exchange(here, START, b"Content-Length: %d\r\n\r\n" % len(BODY), BODY)
    assert answer.endswith(json.dumps({"id": EVENT_ID}).encode())


def test_text_is_handed_over_as_text(place):
    with front({"/api/": place.intake.answer}) as here:
        head = b"Content-Type: text/plain;charset=UTF-8\r\nContent-Length: %d\r\n\r\n" % len(BODY)
        exchange(here, START, head, BODY)
    assert not here.received[0]["isBase64Encoded"]
    assert len(place.events) == 1


def test_longest_route_is_called():
    routes = {"/api/": lambda event: {"route": "short"}, "/api/0/": lambda event: {"route": event["rawQueryString"]}}
    with front(routes) as here, urllib.request.urlopen(f"{here.url}/api/0/x?a=1") as answer:  # noqa: S310  (our own)
        assert json.load(answer) == {"route": "a=1"}


def test_failing_function_is_answered_500():
    def fail(event):
        raise RuntimeError("boom")

    with front({"/": fail}) as here:
        assert b"500" in exchange(here, START, b"Content-Length: 0\r\n\r\n").splitlines()[0]
    assert [str(failure) for failure in here.failures] == ["boom"]
