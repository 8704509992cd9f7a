"""Metrics that functions write as log lines."""

import datetime as dt
import json

from tests.integration.emulator.waiting import until

NOW = dt.datetime.now(dt.UTC)


def document(**values):
    return {
        "_aws": {
            "Timestamp": int(NOW.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": "JunkOS",
                    "Dimensions": [["environment", "database"], ["environment"]],
                    "Metrics": [{"Name": "Age", "Unit": "Seconds"}, {"Name": "Rows"}],
                }
            ],
        },
        "environment": "local",
        "database": "orders",
    } | values


def printing(*lines):
    return f"def handler(event, context):\n    for line in {lines!r}: print(line)"


def statistics(client, name, dimensions, **options):
    return client("cloudwatch").get_metric_statistics(
        Namespace="JunkOS",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=NOW - dt.timedelta(minutes=5),
        EndTime=NOW + dt.timedelta(minutes=5),
        Period=60,
        Statistics=["Maximum", "Sum", "SampleCount"],
        **options,
    )["Datapoints"]


def test_distribution_becomes_values_and_counts(client, function):
    """A value may be an object of values and how often each was seen."""
    seen = {"Values": [0.1, 0.5], "Counts": [3, 1], "Max": 0.5, "Min": 0.1, "Count": 4, "Sum": 0.8}
    function(printing(json.dumps(document(Age=seen)))).invoke()
    (point,) = until(lambda: statistics(client, "Age", {"environment": "local"}))
    assert (point["Maximum"], point["SampleCount"]) == (0.5, 4)


def test_line_becomes_metric_per_dimension_set(client, function):
    """A line becomes a metric for each set of its dimensions."""
    function(printing(json.dumps(document(Age=3.5)))).invoke()
    for dimensions in ({"environment": "local", "database": "orders"}, {"environment": "local"}):
        (point,) = until(lambda dimensions=dimensions: statistics(client, "Age", dimensions))
        assert (point["Maximum"], point["Unit"]) == (3.5, "Seconds")


def test_every_value_of_a_list_counts(client, function):
    function(printing(json.dumps(document(Rows=[1, 2, 4], database="lists")))).invoke()
    (point,) = until(lambda: statistics(client, "Rows", {"environment": "local", "database": "lists"}))
    assert (point["Sum"], point["SampleCount"]) == (7, 3)


def test_lines_in_other_formats_are_only_logged(client, function):
    lines = ('{"_aws": 1', '{"_aws": {}}', '["_aws"]', "plain", json.dumps(document(database="nothing")))
    deployed = function(printing(*lines, "end"))
    deployed.invoke()
    deployed.line("end")
    assert statistics(client, "Age", {"environment": "local", "database": "nothing"}) == []
    assert [line for line in deployed.lines() if "_aws" in line] == [*lines[:3], lines[4]]
