"""Requests of the self-test to real servers of this machine."""

import socket
import threading
from contextlib import closing, contextmanager

import pytest

from lambdas.self_test import web
from lambdas.self_test.probes.error_intake import _envelope, _headers
from lambdas.self_test.web import NoAnswerError, get, post_in_chunks
from tests.integration.errors.front import front
from tests.tls import Authority
from tests.unit.lambdas.error_intake.sending import KEY, Place

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Robots-Tag: noindex\r\n\r\nok"


@contextmanager
def server(answer, *, tls=None):
    """Gives every connection these bytes, and closes it; yields its port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:  # closed: the test is over
                    return
                with closing(connection):
                    try:
                        spoken = tls.wrap_socket(connection, server_side=True) if tls else connection
                        spoken.recv(65536)
                        spoken.sendall(answer)
                    except OSError:  # the client went away
                        continue

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def test_answer_is_read():
    with server(OK) as port:
        page = get(f"http://127.0.0.1:{port}/a?b=c")
    assert (page.status, page.body, page.headers["x-robots-tag"]) == (200, b"ok", "noindex")


def test_redirect_is_not_followed():
    redirect = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with server(redirect) as port:
        assert get(f"http://127.0.0.1:{port}/").status == 302


def test_endless_answer_is_cut(monkeypatch):
    monkeypatch.setattr(web, "READ_AT_MOST", 1000)
    with server(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + bytes(5000)) as port:
        assert len(get(f"http://127.0.0.1:{port}/").body) == 1000


def test_certificate_is_verified(tmp_path):
    with server(OK, tls=Authority(tmp_path).server("localhost")) as port, pytest.raises(NoAnswerError) as refused:
        get(f"https://localhost:{port}/secret-path")
    assert "localhost has no valid certificate" in str(refused.value)
    assert "secret-path" not in str(refused.value)


def test_plain_http_goes_to_this_machine_alone():
    with pytest.raises(NoAnswerError, match=r"the address of d1\.cloudfront\.net is not one of HTTPS"):
        get("http://d1.cloudfront.net/")


@pytest.mark.parametrize("answer", [b"", b"no HTTP\r\n\r\n"])
def test_what_is_no_answer_is_named(answer):
    with server(answer) as port, pytest.raises(NoAnswerError, match=r"127\.0\.0\.1 did not answer"):
        get(f"http://127.0.0.1:{port}/")


def test_closed_port_is_named():
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(NoAnswerError, match="did not answer"):
        get(f"http://127.0.0.1:{port}/")


def test_chunks_reach_the_real_intake_whole():
    """It answers with the id, and counts no error."""
    place, event_id = Place(), "0123456789abcdef0123456789abcdef"
    with front({"/api/": place.intake.answer}) as here:
        page = post_in_chunks(f"{here.url}/api/1/envelope/", _envelope(event_id), _headers(KEY))
    assert (page.status, event_id in page.body.decode()) == (200, True)
    assert place.batches == []
    assert "content-length" not in here.received[0]["headers"]


def test_wrong_key_is_refused_by_the_real_intake():
    with front({"/api/": Place().intake.answer}) as here:
        page = post_in_chunks(f"{here.url}/api/1/envelope/", _envelope("0" * 32), _headers("0" * 32))
    assert page.status == 403
