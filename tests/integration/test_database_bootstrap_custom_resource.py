"""CloudFormation gets exactly one answer from a custom resource, whatever happens to the work."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lambdas.shared.clock import Deadline
from lambdas.shared.custom_resource import TIME_TO_ANSWER, answer

NAME = "junkos-test-database-access"


class CloudFormation(ThreadingHTTPServer):
    """Where the answers go; keeps each with its content type."""

    def __init__(self):
        self.answers, self.status = [], 200
        super().__init__(("127.0.0.1", 0), _Receiver)

    def request(self, kind, **fields):
        return {
            "RequestType": kind,
            "ResponseURL": f"http://127.0.0.1:{self.server_port}/answer?signature=x",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Login",
            **fields,
        }


class _Receiver(BaseHTTPRequestHandler):
    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.append((self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Keep the test's output clean."""


@pytest.fixture
def cloudformation():
    with CloudFormation() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(server, kind, work, *, seconds=60.0, **fields):
    answer(server.request(kind, **fields), work, physical_id=NAME, deadline=Deadline.within(seconds))


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_what_the_work_returns_becomes_the_attributes(cloudformation, kind):
    ask(cloudformation, kind, lambda: {"Login": "junkos_monitor"})

    ((content_type, document),) = cloudformation.answers
    assert content_type == ""  # the address is signed for no type
    assert document == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": NAME,
        "Data": {"Login": "junkos_monitor"},
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Login",
    }


def test_update_keeps_the_identity(cloudformation):
    """An update keeps the identity so that nothing is replaced."""
    ask(cloudformation, "Update", dict, PhysicalResourceId="given-before")

    assert cloudformation.answers[0][1]["PhysicalResourceId"] == "given-before"


def test_a_deletion_is_answered_and_does_nothing(cloudformation):
    def work():
        raise AssertionError

    ask(cloudformation, "Delete", work, PhysicalResourceId=NAME)

    assert [document["Status"] for _, document in cloudformation.answers] == ["SUCCESS"]


def test_failure_answers_with_its_reason(cloudformation):
    """A failure is answered with its reason in one line."""

    def work():
        raise ValueError("the server\n  refused " + "x" * 5000)

    ask(cloudformation, "Create", work)

    ((_, document),) = cloudformation.answers
    assert document["Status"] == "FAILED"
    assert document["Reason"].startswith("the server refused xxx")
    assert len(json.dumps(document)) < 4096


def test_failure_without_message_shows_type(cloudformation):
    """A failure without words is named by its kind."""

    def work():
        raise KeyError

    ask(cloudformation, "Create", work)

    assert cloudformation.answers[0][1]["Reason"] == "KeyError"


def test_slow_work_is_answered_early(cloudformation):
    """Work that takes too long is answered before the platform stops it."""
    started = time.monotonic()
    answered = threading.Event()

    def work():
        while not cloudformation.answers and time.monotonic() < started + 60:
            answered.wait(0.01)
        return {"Login": "too late"}

    ask(cloudformation, "Create", work, seconds=TIME_TO_ANSWER + 0.3)

    ((_, document),) = cloudformation.answers
    assert document["Status"] == "FAILED"
    assert document["Reason"] == f"{NAME} ran out of time"


def test_undelivered_answer_fails_the_function(cloudformation):
    """An answer that does not arrive fails the function so that it is tried again."""
    cloudformation.status = 503

    with pytest.raises(OSError, match="503"):
        ask(cloudformation, "Create", dict)
