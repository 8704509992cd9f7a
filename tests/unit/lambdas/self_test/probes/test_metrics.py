"""Metrics arrive."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from lambdas.self_test.probes.metrics import METRICS
from tests.unit.lambdas.self_test.situations import NOW, Aws, answer_of

ASKED = {
    "Namespace": "JunkOS",
    "MetricName": "database_reachable",
    "Dimensions": [{"Name": "environment", "Value": "prod"}, {"Name": "database", "Value": "orders"}],
    "StartTime": NOW - timedelta(hours=1),
    "EndTime": NOW,
    "Period": 60,
    "Statistics": ["SampleCount"],
}


def points(*minutes):
    return {"Datapoints": [{"Timestamp": NOW - timedelta(minutes=old), "SampleCount": 1.0} for old in minutes]}


def asked(found, **fields):
    aws = Aws()
    aws.expect("cloudwatch", "get_metric_statistics", found, ASKED if not fields else None)
    return answer_of(METRICS, aws, **fields)


def test_values_pass():
    assert asked(points(9, 4, 14)) == (
        "passed",
        "database_reachable has 3 values of the last 1 h, the newest 4 min old",
    )


def test_no_value_fails():
    assert asked(points()) == ("failed", "database_reachable has no value of the last 1 h")


def test_rare_checks_are_waited_for():
    """With a check each hour, an hour without a value is nothing."""
    assert asked(points(), database_check_interval=timedelta(hours=1))[1].endswith("the last 2 h 10 min")


def test_denied_is_raised():
    aws = Aws()
    aws.refuse("cloudwatch", "get_metric_statistics", "AccessDenied", "not authorized")
    with pytest.raises(ClientError):
        answer_of(METRICS, aws)
