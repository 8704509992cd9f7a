"""The function by its handler: settings from its variables, an answer of JSON."""

import importlib
import json
import sys
from dataclasses import replace

import pytest

from lambdas.error_budget.objective import Series
from lambdas.load_test.refused import RefusedError
from lambdas.load_test.runs import Run, Runs
from lambdas.load_test.settings import Route
from lambdas.shared.clock import now
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.load_tests import LoadTestReport, Verdict
from tests.integration.load_test.conftest import REPORTS
from tests.integration.probing.conftest import lookup
from tests.lambda_context import lambda_context


@pytest.fixture
def handler(world, api, authority, tmp_path, monkeypatch):
    package = tmp_path / "monitored_endpoints"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "authorities.pem").write_text(authority.pem)
    monkeypatch.syspath_prepend(tmp_path)
    series = (Series.of("JunkOS", "request_duration", "SampleCount", {"environment": "prod"}),)
    settings = replace(world.settings, routes=(Route(api.url()),), requests=series)
    for name, value in settings.to_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "lambdas.load_test.handler", raising=False)
    module = importlib.import_module("lambdas.load_test.handler")
    monkeypatch.setattr(module, "account", replace(module.account, lookup=lookup))
    return module.handler


def context():
    """With the whole of the function's time left, whenever it is asked."""
    return lambda_context(*[900_000] * 9)


def test_answer_is_the_report(handler):
    answer = handler({"busiest_per_minute": 600, "id": "x", "requested_by": "ana"}, context())
    report = decode(LoadTestReport, json.loads(json.dumps(answer))["report"])
    assert (report.verdict, report.requested_by, report.busiest_at) == (Verdict.PASSED, "ana", None)


def test_busiest_minute_is_looked_up(handler, world, api):
    values = [{"MetricName": "request_duration", "Dimensions": [{"Name": "environment", "Value": "prod"}]}]
    at = now().replace(second=0, microsecond=0)
    world.cloudwatch.put_metric_data(
        Namespace="JunkOS",
        MetricData=[value | {"Timestamp": at, "Values": [5.0], "Counts": [300.0]} for value in values],
    )
    refused = handler({}, context())  # the minute that goes on is none yet
    assert "knows of no request of the API in 28 days" in refused["refused"]
    assert api.asked == 0


def test_refusal_is_an_answer(handler, world):
    world.raise_alarm()
    answer = handler({"busiest_per_minute": 600}, context())
    assert answer == {
        "refused": "junkos-prod-endpoint-api-down is in alarm, level critical: It is broken. (mend that first)"
    }


def test_race_for_the_run_has_one_winner(world, monkeypatch):
    runs, at = Runs(world.s3, REPORTS), now()
    monkeypatch.setattr(Runs, "_read", lambda *_: None)  # neither saw the other
    runs.claim(Run("one", "ana", at, at))
    with pytest.raises(RefusedError, match="another load test was begun in this moment"):
        runs.claim(Run("two", "ben", at, at))


def test_run_that_was_lost_is_followed_by_another(world):
    runs, at = Runs(world.s3, REPORTS), now()
    runs.claim(Run("one", "ana", at, at))  # its time is over, and it never ended
    runs.claim(Run("two", "ben", at, at))
    assert runs.last().id == "two"
