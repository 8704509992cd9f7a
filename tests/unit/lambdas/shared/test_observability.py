"""What every handler tells of itself, and what a metric looks like in the log."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from lambdas.shared.observability import logger, publish
from lambdas.vocabulary.metrics import TIME_WARNING, Metric
from tests.lambda_context import lambda_context

GIVEN = 60_000


def run(used, outcome=None):
    """A handler that uses so many of its milliseconds, and ends with `outcome`."""

    @logger.inject_lambda_context
    def handler(event, context):
        if outcome:
            raise outcome

    handler({}, lambda_context(GIVEN, GIVEN - used))


def metrics(capsys):
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in written if "_aws" in line]


def test_nearly_timed_out_is_reported(capsys, caplog, monkeypatch):
    """A run that nearly used its time up is a line and a metric of the environment."""
    monkeypatch.setenv("ENVIRONMENT", "test")
    run(48_001)
    (metric,) = metrics(capsys)
    assert metric[Metric.NEARLY_OUT_OF_TIME] == [1]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["environment"]]
    assert metric["environment"] == "test"
    (line,) = caplog.records
    assert (line.levelname, line.message) == ("WARNING", "nearly out of time")
    assert (line.seconds_used, line.seconds_given) == (48.001, 60)


def test_timely_run_sends_nothing(capsys, caplog):
    """A run in time sends nothing that would be paid for."""
    run(TIME_WARNING * GIVEN)
    assert (metrics(capsys), caplog.records) == ([], [])


def test_timed_out_run_reports_both(capsys):
    """A run that gave up at the end of its time says both."""
    with pytest.raises(TimeoutError):
        run(59_000, outcome=TimeoutError("no time is left"))
    assert len(metrics(capsys)) == 1


def test_metric_has_its_own_time(capsys):
    """A metric counts for the moment that it is of."""
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=4)
    publish({Metric.UP: 1}, moment, environment="test", endpoint="api")
    publish({Metric.UP: 1}, environment="test", endpoint="api")
    late, now = (datetime.fromtimestamp(one["_aws"]["Timestamp"] / 1000, UTC) for one in metrics(capsys))
    assert late == moment
    assert now > moment + timedelta(minutes=3)
