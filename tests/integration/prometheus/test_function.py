"""The function as it is deployed: its variables, its schedules' events, its output."""

import importlib
import json
import sys

import pytest

from lambdas.prometheus_scrape.settings import Settings
from lambdas.prometheus_scrape.sources import Kind, Series, Source
from tests.integration.probing.hostile import answer, answering, listening
from tests.lambda_context import lambda_context
from tests.unit.lambdas.prometheus_scrape.situation import metrics_of

LAG, REQUESTS = Series("lag_seconds", Kind.GAUGE), Series("requests_total", Kind.COUNTER)
TEXT = b"process_start_time_seconds 1760000000\nlag_seconds 0.5\nrequests_total %d\n"
LEFT = [60_000] * 3
MODULE = "lambdas.prometheus_scrape.handler"


@pytest.fixture
def deploy(table, tmp_path, monkeypatch):
    """The handler of a function that has these sources."""

    def start(*sources):
        package = tmp_path / "monitored_endpoints"
        package.mkdir()
        (package / "__init__.py").touch()
        monkeypatch.syspath_prepend(str(tmp_path))
        for name, value in Settings("test", sources, "states").to_environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        return importlib.import_module(MODULE).handler

    yield start
    for module in (MODULE, "monitored_endpoints"):
        sys.modules.pop(module, None)


def test_schedules_read_their_own_endpoints(deploy, capsys):
    with listening(answering(answer(TEXT % 5), answer(TEXT % 8))) as port:
        url = f"http://127.0.0.1:{port}/metrics"
        often = Source("api", url, (LAG, REQUESTS), allow_private=True, interval_minutes=1)
        seldom = Source("worker", "http://127.0.0.1:1/", (LAG,), allow_private=True, interval_minutes=60)
        handler = deploy(often, seldom)
        event = {"slot": "2026-11-23T09:00:00Z", "minutes": 1}
        assert handler(event, lambda_context(*LEFT)) == [{"job": "api", "series": 1, "faults": []}]
        capsys.readouterr()
        handler({**event, "slot": "2026-11-23T09:01:00Z"}, lambda_context(*LEFT))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert metrics_of(lines) == {"lag_seconds": 0.5, "requests_total": 3}
    assert {line["_aws"]["Timestamp"] for line in lines if "_aws" in line} == {1795424460000}
    answers = handler({}, lambda_context(*LEFT))  # a person, who wants all of them
    assert [(one["job"], len(one["faults"])) for one in answers] == [("api", 1), ("worker", 1)]
