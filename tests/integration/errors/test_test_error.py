"""A test error by HTTP to a front that counts it a moment later, or does not take it."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from moto import mock_aws

from lambdas.error_test.envelope import Dsn, NotAcceptedError
from lambdas.error_test.send_and_wait import LostError, Waiting, send_and_wait
from lambdas.shared.error_tracking import items
from lambdas.shared.error_tracking.table import ErrorTable
from tests.unit.lambdas.operator_view.account import Account

KEY = "0123456789abcdef0123456789abcdef"


class Front(BaseHTTPRequestHandler):
    """Answers a known key with 200, and others with 401."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        known = f"sentry_key={KEY}" in self.headers["X-Sentry-Auth"] and self.path == "/api/7/envelope/"
        if known:
            later = threading.Timer(0.5, self.server.count, [json.loads(body.splitlines()[2])])
            self.server.counting.append(later)
            later.start()
        answer = b"{}" if known else b'{"detail": "this key is not known"}'
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        """Nobody reads a request log of a test."""


@pytest.fixture
def place():
    """The front's address, and the table to which it counts."""
    with mock_aws(), ThreadingHTTPServer(("127.0.0.1", 0), Front) as server:
        account = Account()

        def count(event):
            found = {"project": {"S": "api"}, "issue": {"S": "a1b2c3"}}
            account.put({**items.event_key(event["event_id"]), **found})

        server.count, server.counting = count, []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", ErrorTable(account.dynamodb, account.table)
        server.shutdown()
        for each in (thread, *server.counting):
            each.join()


def send(place, key=KEY, number=7, seconds=20):
    url, errors = place
    return send_and_wait(Dsn(url, number, key), errors, "anna", Waiting(timedelta(seconds=seconds)))


def test_test_error_arrives(place):
    arrived = send(place)
    assert (arrived.project, arrived.issue) == ("api", "a1b2c3")
    assert 0.5 <= arrived.seconds < 15


def test_uncounted_test_error_is_lost(place):
    with pytest.raises(LostError, match="did not arrive within 0 s"):
        send(place, seconds=0)


def test_revoked_key_is_named(place):
    with pytest.raises(NotAcceptedError, match=r"answered 401: \{.detail.: .this key is not known.\}"):
        send(place, key="f" * 32)


def test_closed_front_is_named():
    with mock_aws(), pytest.raises(NotAcceptedError, match="the front was not reached"):
        send(("http://127.0.0.1:9", ErrorTable(None, "t")))
