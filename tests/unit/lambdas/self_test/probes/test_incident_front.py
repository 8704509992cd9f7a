"""Where people answer incidents."""

import pytest

from lambdas.incident_answer.http import HEADERS
from lambdas.self_test.probes import incident_front
from lambdas.self_test.probes.incident_front import INCIDENT_FRONT
from lambdas.self_test.web import Page
from tests.unit.lambdas.self_test.situations import Aws, answer_of, output

URL = "https://abc.execute-api.eu-central-1.amazonaws.com/"
OWN = {name.lower(): value for name, value in HEADERS.items()}


def asked(monkeypatch, status, headers):
    asked_for = []
    monkeypatch.setattr(incident_front, "get", lambda url: asked_for.append(url) or Page(status, headers, b""))
    aws = Aws()
    output(aws, "incidents", "AnswerUrl", URL)
    found = answer_of(INCIDENT_FRONT, aws)
    assert asked_for == [f"{URL}a/self-test"]
    return found


def test_refused_link_passes(monkeypatch):
    assert asked(monkeypatch, 404, OWN)[0] == "passed"


@pytest.mark.parametrize(
    ("status", "headers"), [(404, {"content-type": "application/json"}), (500, {}), (503, OWN), (200, OWN)]
)
def test_any_other_answer_fails(monkeypatch, status, headers):
    """API Gateway's own 404 says that no route leads to the function."""
    assert asked(monkeypatch, status, headers)[0] == "failed"


def test_nobody_on_call_is_not_applicable():
    assert answer_of(INCIDENT_FRONT, Aws(), on_call=False)[0] == "not applicable"
