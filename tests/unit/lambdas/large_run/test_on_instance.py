"""A handler is run on an instance as Lambda would run it."""

import json
import sys
import time
from types import SimpleNamespace

import pytest

from lambdas.large_run.on_instance import Context, prepare, run
from lambdas.restore_verification.resources import Resources
from lambdas.shared.clock import Deadline


@pytest.fixture
def handled(monkeypatch):
    """Puts a function in place; returns what became of its run."""

    def of(handler, event="{}"):
        monkeypatch.setitem(sys.modules, "lambdas.some.handler", SimpleNamespace(handler=handler))
        return json.loads(run("some", event, context()))

    return of


def context(seconds=60.0):
    return Context("junkos-test-some", "run-1", time.monotonic() + seconds, "eu-central-1")


def test_answer(handled):
    assert handled(lambda event, context: [event, context.aws_request_id], '{"a": 1}') == {
        "answer": [{"a": 1}, "run-1"]
    }


def test_error_is_its_type_and_text(handled):
    def fail(_event, _context):
        raise LookupError("no backup")

    assert handled(fail) == {"error": "LookupError", "message": "no backup"}


def test_answer_that_is_no_json_is_an_error(handled):
    """As Lambda has it."""
    assert handled(lambda _event, _context: object())["error"] == "TypeError"


def test_event_that_is_no_json_is_an_error(handled):
    assert handled(lambda _event, _context: 1, "{")["error"] == "JSONDecodeError"


def test_function_that_cannot_be_imported_is_an_error():
    assert json.loads(run("not_there", "{}", context()))["error"] == "ModuleNotFoundError"


def test_functions_name_is_that_at_aws():
    variables = {"ENVIRONMENT": "prod"}
    assert prepare("restore_verification", variables) == "junkos-prod-restore-verification"
    assert variables["AWS_LAMBDA_FUNCTION_NAME"] == "junkos-prod-restore-verification"
    assert variables["LARGE_RUN"] == "true"


def test_service_of_another_name():
    assert prepare("database_backup", {"ENVIRONMENT": "prod", "SERVICE_TITLE": "Acme Shop"}).startswith(
        "acme-shop-prod-"
    )


def test_time_is_what_is_left():
    assert 59 < Deadline.of(context(60)).remaining <= 60
    assert context(-1).get_remaining_time_in_millis() == 0


def test_memory_is_the_machines(monkeypatch):
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", raising=False)
    assert Resources.of(context()).memory >> 20 == context().memory_limit_in_mb
