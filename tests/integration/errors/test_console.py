"""The console as a process, and as a server that answers one browser only."""

import http.client
import json
import re
import signal
import subprocess
import sys
import threading
from urllib.parse import urlencode

import pytest
from moto import mock_aws

from lambdas.operator_view.sources import Sources, error_sources
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import State
from ops.console.answer import Console
from ops.console.serve import Server
from tests.unit.lambdas.operator_view.account import Account
from tests.unit.lambdas.operator_view.story import NOW

OPS = (sys.executable, "-m", "tests.integration.errors.commands_in_moto", "local")
ID = f"{1:016x}"
RESOLVE = {"action": "resolve", "project": "api", "id": ID, "revision": 3, "kind": "now"}


def test_list_is_a_command():
    """The whole command, from its words to its exit code."""
    done = subprocess.run([*OPS, "errors", "list", "--json"], capture_output=True, text=True, check=True)
    assert next(each["id"] for each in json.loads(done.stdout)["issues"]) == ID
    assert done.stderr == ""


def test_refused_action_is_one_line():
    done = subprocess.run([*OPS, "errors", "reopen", ID], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "ops: the issue is open already\n")


def test_ctrl_c_ends_the_console():
    """With success, after it has printed where it is and answered there."""
    with subprocess.Popen([*OPS, "console"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            address = running.stdout.readline()
            port, key = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?key=(\S{32})\n", address).groups()
            assert Browser(int(port), key).get("/?view=issues&state=all")[1].count('class="issue ') >= 5
            running.send_signal(signal.SIGINT)
            said, failed = running.communicate(timeout=20)
        finally:
            running.kill()  # a failure above must not wait for it
    assert (running.returncode, said) == (0, "")
    assert "Traceback" not in failed


class Browser:
    """Sends what a browser would, unless a test wants otherwise."""

    def __init__(self, port, key=None):
        self.port, self.cookie = port, ""
        if key:
            status, _, headers = self.send("GET", f"/?key={key}")
            assert (status, headers["Location"]) == (303, "/")
            self.cookie = headers["Set-Cookie"].partition(";")[0]

    def send(self, method, target, body=None, **headers):
        own = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie}
        if body is not None:
            own |= {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/x-www-form-urlencoded"}
        sent = {name: value for name, value in {**own, **headers}.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, target, body, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, answer.headers

    def get(self, target, **headers):
        return self.send("GET", target, **headers)

    def post(self, payload, token, **headers):
        return self.send("POST", "/", urlencode({"payload": json.dumps(payload), "token": token}), **headers)


class Running:
    def __init__(self, server, errors):
        self.console, self.errors = server.console, errors
        self.browser = Browser(self.console.port, self.console.key)

    @property
    def state(self):
        return self.errors.issue("api", ID).state


@pytest.fixture
def running():
    with mock_aws():
        account = Account().tell_story()
        errors = ErrorTable(account.dynamodb, account.table, clock=lambda: NOW)
        sources = Sources(error_sources(errors, account.s3, account.bucket, ("api", "monitoring")), clock=lambda: NOW)
        with Server(0, lambda port: Console(sources, "prod", "anna", port)) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield Running(server, errors)
            server.shutdown()
            thread.join()


def test_form_does_what_it_says(running):
    status, html, _ = running.browser.post(RESOLVE, running.console.token)
    assert status == 200
    assert "Resolved: an event from now on" in html
    assert running.state is State.RESOLVED
    assert running.errors.issue("api", ID).resolved.by == "anna"


def test_page_allows_nothing_foreign(running):
    _, _, headers = running.browser.get("/")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "[::1]:{port}", ""])
def test_other_names_are_turned_away(running, host):
    """A name that somebody makes point to this machine reads and does nothing (DNS rebinding)."""
    host = host.format(port=running.console.port)
    for status, html, _ in (
        running.browser.get("/", Host=host),
        running.browser.post(RESOLVE, running.console.token, Host=host),
    ):
        assert status == 421
        assert "TypeError" not in html
    assert running.state is State.OPEN


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "", None])
def test_other_pages_forms_are_refused(running, origin):
    status, _, _ = running.browser.post(RESOLVE, running.console.token, Origin=origin)
    assert (status, running.state) == (403, State.OPEN)


@pytest.mark.parametrize("token", ["", "x" * 32, "ü"])
def test_forms_need_their_token(running, token):
    status, _, _ = running.browser.post(RESOLVE, token)
    assert (status, running.state) == (403, State.OPEN)


@pytest.mark.parametrize("cookie", ["", "console=x", "console{port}=wrong", "console{port}", "\x01;;=;"])
def test_strangers_see_nothing(running, cookie):
    """Another user of this machine does not have the key."""
    cookie = cookie.format(port=running.console.port)
    status, html, _ = running.browser.get("/", Cookie=cookie)
    assert (status, "TypeError" in html) == (403, False)
    status, _, _ = running.browser.post(RESOLVE, running.console.token, Cookie=cookie)
    assert (status, running.state) == (403, State.OPEN)
    assert running.browser.get("/?key=guess", Cookie=cookie)[0] == 403


@pytest.mark.parametrize("payload", [[], "x", None, 5])
def test_odd_forms_are_refused(running, payload):
    assert running.browser.post(payload, running.console.token)[0] == 400


@pytest.mark.parametrize(
    ("method", "target", "headers", "status"),
    [
        ("GET", "/favicon.ico", {}, 404),
        ("GET", "/../etc/passwd", {}, 404),
        ("PUT", "/", {}, 501),
        ("POST", "/", {"Content-Length": "999999999"}, 413),
        ("POST", "/", {"Content-Length": "-1"}, 413),
    ],
)
def test_odd_requests_are_refused(running, method, target, headers, status):
    assert running.browser.send(method, target, **headers)[0] == status


def test_aws_failure_is_shown(running):
    """As one line; the console goes on."""
    running.errors.dynamodb.delete_table(TableName=running.errors.name)
    status, html, _ = running.browser.get("/")
    assert status == 502
    assert "AWS refused Query" in html
    assert "Traceback" not in html
