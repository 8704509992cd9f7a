"""The public page."""

import json
from datetime import timedelta

import pytest

from lambdas.self_test.outputs import NoOutputError
from lambdas.self_test.probes import status_page
from lambdas.self_test.probes.status_page import STATUS_PAGE
from lambdas.self_test.web import Page
from tests.unit.lambdas.self_test.situations import NOW, Aws, answer_of, output

URL = "https://d1.cloudfront.net/"


def asked(monkeypatch, *, page=200, status=200, body=None, age=timedelta(minutes=4)):
    written = json.dumps({"written_at": (NOW - age).isoformat()}).encode() if body is None else body
    pages = {URL: Page(page, {}, b"<html>"), f"{URL}status.json": Page(status, {}, written)}
    monkeypatch.setattr(status_page, "get", pages.__getitem__)
    aws = Aws()
    output(aws, "status-page", "StatusPageUrl", URL)
    return answer_of(STATUS_PAGE, aws)


def test_recent_page_passes(monkeypatch):
    assert asked(monkeypatch) == ("passed", f"{URL} answered 200; it was written 4 min ago")


def test_page_that_is_written_meanwhile_is_recent(monkeypatch):
    assert asked(monkeypatch, age=timedelta(seconds=-20))[1].endswith("it was written 0 s ago")


def test_old_page_fails(monkeypatch):
    assert asked(monkeypatch, age=timedelta(hours=3))[0] == "failed"


@pytest.mark.parametrize("answers", [{"page": 403}, {"status": 404}])
def test_refusal_fails(monkeypatch, answers):
    outcome, text = asked(monkeypatch, **answers)
    assert (outcome, str(max(answers.values())) in text) == ("failed", True)


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"{}", b'{"written_at": "yesterday"}', b'{"written_at": "2026-11-30T05:29:00"}']
)
def test_somebody_elses_file_fails(monkeypatch, body):
    assert asked(monkeypatch, body=body)[0] == "failed"


def test_no_page_is_not_applicable():
    assert answer_of(STATUS_PAGE, Aws(), status_page_stale_after=None)[0] == "not applicable"


@pytest.mark.parametrize(("code", "error"), [("ValidationError", NoOutputError), ("AccessDenied", Exception)])
def test_stack_that_is_not_there_is_named(code, error):
    aws = Aws()
    aws.refuse("cloudformation", "describe_stacks", code, "Stack with id junkos-prod-status-page does not exist")
    with pytest.raises(error, match="junkos-prod-status-page"):
        answer_of(STATUS_PAGE, aws)
