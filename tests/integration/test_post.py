"""Posting to servers that refuse, hang, drip and lead astray."""

import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from lambdas.shared import post as module
from lambdas.shared.delivery_errors import PermanentError, RetryError
from lambdas.shared.post import Request, post, seconds_of

BODY = b'{"a": 1}'


@contextmanager
def server(answer):
    """Answers each connection with these bytes, or by calling `answer` with it; yields its URL and what it was sent."""
    listener = socket.create_server(("127.0.0.1", 0))
    sent = []

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                request, piece = b"", b"..."
                while piece and not request.endswith(BODY):  # it may come in two pieces, or the sender gives up
                    piece = connection.recv(65536)
                    request += piece
                sent.append(request)
                if callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/path?key=value", sent
    finally:
        listener.close()


def answer(status, *headers, body=b""):
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def send(url, **options):
    post(Request(url, BODY, {"Content-Type": "application/json"}), **{"allow_private": True, **options})


def test_a_request_arrives_whole():
    with server(answer(200, body=b"ok")) as (url, sent):
        send(url)
    head, _, body = sent[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /path?key=value HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"Content-Type: application/json" in head
    assert body == BODY


def test_answer_is_read_as_far_as_it_is_wanted():
    with server(answer(200, body=b"0123456789")) as (url, sent):
        request = Request(url, BODY, method="PUT")
        assert post(request, allow_private=True) == b""
        assert post(request, allow_private=True, wants_answer=True) == b"0123456789"
        assert post(request, allow_private=True, wants_answer=True, answer_at_most=3) == b"012"
    assert sent[0].startswith(b"PUT /path?key=value HTTP/1.1\r\n")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_what_may_pass_is_tried_again(status):
    with server(answer(status, "Retry-After: 7")) as (url, _), pytest.raises(RetryError) as error:
        send(url)
    assert error.value.after == 7


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_permanent_failure_is_not_retried(status):
    """What will not pass is not tried again and says why."""
    with (
        server(answer(status, body=b"invalid\ntoken" + b"x" * 9999)) as (url, _),
        pytest.raises(PermanentError) as error,
    ):
        send(url)
    assert str(error.value).startswith(f"answered {status}: invalid token")
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("status", [400, 413])
def test_refused_body_falls_back_to_simple(status):
    """A body that is refused is followed by the simpler one."""

    def answer_by_length(connection):
        connection.sendall(answer(200) if len(sent[-1].partition(b"\r\n\r\n")[2]) == len(BODY) else answer(status))

    with server(answer_by_length) as (url, sent):
        post(Request(url, b"[1, 2, 3]" + BODY, simpler=BODY), allow_private=True)
        assert len(sent) == 2


def test_a_redirect_is_not_followed():
    with server(answer(307, "Location: http://169.254.169.254/")) as (url, sent), pytest.raises(PermanentError):
        send(url)
    assert len(sent) == 1


def test_slow_server_costs_only_given_time():
    """A server that hangs or drips costs no more than the time it is given."""

    def drip(connection):
        try:
            for byte in b"HTTP/1.1 200 OK\r\nA: " + b"x" * 1000:
                connection.sendall(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            return

    for behaviour in (lambda _: time.sleep(30), drip):
        with server(behaviour) as (url, _):
            started = time.monotonic()
            with pytest.raises(RetryError, match="no answer"):
                send(url, timeout=0.5)
            assert time.monotonic() - started < 20


@contextmanager
def dripping(head):
    """The URL of a server that begins to answer so, and then takes half a minute."""

    def drip(connection):
        connection.sendall(head)
        try:
            for _ in range(600):
                connection.sendall(b"x")
                time.sleep(0.05)
        except OSError:
            return

    with server(drip) as (url, _):
        yield url


@pytest.mark.parametrize("head", [b"HTTP/1.1 400 No\r\nConnection: close\r\n\r\n", b"HTTP/1.0 400 No\r\n\r\n"])
def test_slow_last_answer_keeps_its_status(head):
    """A last answer that drips costs no more time either and its status counts."""
    with dripping(head) as url:
        started = time.monotonic()
        with pytest.raises(PermanentError, match="answered 400"):
            send(url, timeout=0.5)
        assert time.monotonic() - started < 20


def test_endless_answer_is_not_resent():
    """A message that was taken is not sent again for an answer that does not end."""
    with dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n") as url:
        send(url, timeout=0.5)


def test_connecting_and_answering_share_the_time(monkeypatch):
    connect, left = socket.create_connection, []

    def slowly(*arguments):
        time.sleep(1.5)
        return connect(*arguments)

    class Guard(threading.Timer):
        def __init__(self, seconds, *arguments):
            left.append(seconds)
            super().__init__(seconds, *arguments)

    monkeypatch.setattr(module.socket, "create_connection", slowly)
    monkeypatch.setattr(module.threading, "Timer", Guard)
    with server(lambda _: time.sleep(30)) as (url, _), pytest.raises(RetryError, match="no answer"):
        send(url, timeout=2)
    assert len(left) == 1
    assert left[0] <= 0.5


@pytest.mark.parametrize("garbage", [b"", b"SSH-2.0-x\r\n"])
def test_what_is_no_answer_is_tried_again(garbage):
    with server(garbage) as (url, _), pytest.raises(RetryError):
        send(url)


def test_nobody_there_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(RetryError, match="does not accept connections"):
        send(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    ("url", "allow_private", "said"),
    [
        ("http://hook.example/", False, "not an https URL"),
        ("ftp://hook.example/", True, "not an https URL"),
        ("https:///x", False, "not an https URL"),
        ("hook.example/x", False, "not an https URL"),
        ("https://[hook.example/", False, "not an https URL"),
        ("https://hook.example:port/", False, "not an https URL"),
        ("https://hook.example/x y", False, "not an https URL"),
        ("https://hook.example/é", False, "not an https URL"),
        ("https://127.0.0.1/", False, "a loopback address"),
        ("https://10.0.0.1/", False, "a private address"),
        ("https://169.254.169.254/", True, "a cloud's metadata service"),
        ("http://[fe80::1]/", True, "a link-local address"),
    ],
)
def test_forbidden_address_is_not_connected(url, allow_private, said, monkeypatch):
    """It connects to no address that it must not."""
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("it connected"))
    with pytest.raises(PermanentError, match=said):
        send(url, allow_private=allow_private)


def test_checked_address_is_connected(monkeypatch):
    """A name may lead elsewhere when it is asked for again."""
    with server(answer(200)) as (url, sent):
        port = int(url.split(":")[2].split("/")[0])
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(module.socket, "getaddrinfo", lambda *_, **__: found)
        send(f"http://rebound.example:{port}/")
    assert b"Host: rebound.example" in sent[0]


def test_errors_do_not_quote_url():
    """No error quotes the url which may be the secret."""
    with server(answer(500)) as (url, _), pytest.raises(RetryError) as error:
        send(url)
    assert "path" not in str(error.value)
    assert "path" not in repr(Request(url, b""))


def test_quoted_path_is_not_repeated():
    """A path that the server quotes is not repeated."""
    with (
        server(answer(404, body=b"Cannot POST /path?key=value")) as (url, _),
        pytest.raises(PermanentError, match=r"^answered 404: Cannot POST \*\*\*$"),
    ):
        send(url)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [(None, 0), ("", 0), ("30", 30), ("Tue, 24 Nov 2026 12:00:30 GMT", 30), ("yesterday", 0)],
)
def test_retry_after_has_two_forms(written, seconds):
    """Retry after is read in both its forms."""
    assert seconds_of(written, datetime(2026, 11, 24, 12, tzinfo=UTC)) == seconds
