"""A body in chunks."""

import json

import pytest

from lambdas.self_test.probes import error_intake
from lambdas.self_test.probes.error_intake import ERROR_INTAKE
from lambdas.self_test.web import Page
from tests.unit.lambdas.self_test.situations import KEY, Aws, answer_of, output

URL = "https://abc.execute-api.eu-central-1.amazonaws.com"


def asked(monkeypatch, answer):
    """`answer` makes one of the envelope's id."""

    def post(url, pieces, headers):
        assert url == f"{URL}/api/1/envelope/"
        assert f"sentry_key={KEY}" in headers["X-Sentry-Auth"]
        assert len(pieces) > 1
        return answer(json.loads(pieces[0])["event_id"])

    monkeypatch.setattr(error_intake, "post_in_chunks", post)
    aws = Aws()
    output(aws, "errors", "ErrorsFrontUrl", URL)
    return answer_of(ERROR_INTAKE, aws)


def test_repeated_id_passes(monkeypatch):
    assert asked(monkeypatch, lambda it: Page(200, {}, json.dumps({"id": it}).encode()))[0] == "passed"


def test_used_up_quota_passes(monkeypatch):
    assert asked(monkeypatch, lambda _: Page(429, {}, b""))[0] == "passed"


@pytest.mark.parametrize("status", [400, 403, 411, 500, 503])
def test_refusal_fails(monkeypatch, status):
    outcome, text = asked(monkeypatch, lambda _: Page(status, {}, b'{"message": "no"}'))
    assert (outcome, text) == ("failed", f'a body in chunks was answered {status}: {{"message": "no"}}')


def test_body_that_did_not_arrive_fails(monkeypatch):
    """An empty answer of 200 is one to nothing at all."""
    assert asked(monkeypatch, lambda _: Page(200, {}, b"{}"))[0] == "failed"


@pytest.mark.parametrize("absent", [{"project": None}, {"project_key": None}])
def test_no_project_is_not_applicable(absent):
    assert answer_of(ERROR_INTAKE, Aws(), **absent)[0] == "not applicable"
