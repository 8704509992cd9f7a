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


def test_a_run_that_nearly_used_its_time_up_is_a_line_and_a_metric_of_the_environment(capsys, caplog, monkeypatch):
    monkeypatch.setenv("ENVIRONMENT", "test")
    run(48_001)
    (metric,) = metrics(capsys)
    assert metric[Metric.NEARLY_OUT_OF_TIME] == [1]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["environment"]]
    assert metric["environment"] == "test"
    (line,) = caplog.records
    assert (line.levelname, line.message) == ("WARNING", "nearly out of time")
    assert (line.seconds_used, line.seconds_given) == (48.001, 60)


def test_a_run_in_time_sends_nothing_that_would_be_paid_for(capsys, caplog):
    run(TIME_WARNING * GIVEN)
    assert (metrics(capsys), caplog.records) == ([], [])


def test_a_run_that_gave_up_at_the_end_of_its_time_tells_both(capsys):
    with pytest.raises(TimeoutError):
        run(59_000, outcome=TimeoutError("no time is left"))
    assert len(metrics(capsys)) == 1


def test_a_metric_counts_for_the_moment_that_it_is_of(capsys):
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=4)
    publish({Metric.UP: 1}, moment, environment="test", endpoint="api")
    publish({Metric.UP: 1}, environment="test", endpoint="api")
    late, now = (datetime.fromtimestamp(one["_aws"]["Timestamp"] / 1000, UTC) for one in metrics(capsys))
    assert late == moment
    assert now > moment + timedelta(minutes=3)
