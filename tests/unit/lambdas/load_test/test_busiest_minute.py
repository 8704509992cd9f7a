"""The busiest minute by what CloudWatch keeps."""

from datetime import UTC, datetime, timedelta

import pytest

from lambdas.error_budget.objective import Series
from lambdas.load_test.busiest_minute import busiest_minute
from lambdas.load_test.plan import Busiest
from lambdas.load_test.refused import RefusedError

NOW = datetime(2026, 11, 28, 9, 7, 30, tzinfo=UTC)
SERVED, LOST = (Series.of("AWS/ApplicationELB", name, "Sum", {}) for name in ("RequestCount", "Lost"))


class CloudWatch:
    """Has values by metric and moment, of minutes for fifteen days and of five minutes before."""

    def __init__(self, values, status="Complete"):
        self._values, self._status = values, status

    def get_paginator(self, operation):
        assert operation == "get_metric_data"
        return self

    def paginate(self, MetricDataQueries, StartTime, EndTime, **_):  # noqa: N803
        for query in MetricDataQueries:
            minutes = query["MetricStat"]["Period"] // 60
            assert minutes == (1 if NOW - StartTime < timedelta(days=15) else 5)
            assert timedelta(minutes=minutes) * 100_800 > EndTime - StartTime  # points that one answer may have
            of = self._values.get(query["MetricStat"]["Metric"]["MetricName"], {})
            found = {at: value for at, value in of.items() if StartTime <= at < EndTime}
            yield {
                "MetricDataResults": [
                    {
                        "Id": query["Id"],
                        "Timestamps": list(found),
                        "Values": list(found.values()),
                        "StatusCode": self._status,
                    }
                ]
            }


def ago(**time):
    return (NOW - timedelta(**time)).replace(second=0)


def busiest(values, left_out=(), **options):
    return busiest_minute(CloudWatch(values, **options), [SERVED, LOST], NOW, left_out)


def test_series_are_added_up():
    at, other = ago(minutes=10), ago(days=3)
    found = busiest({"RequestCount": {at: 70.0, other: 80.0}, "Lost": {at: 20.0}})
    assert found == Busiest(90.0, at)


def test_minutes_older_than_fifteen_days_are_a_fifth_of_five():
    at = ago(days=20).replace(minute=5)
    assert busiest({"RequestCount": {at: 500.0, ago(days=1): 99.0}}) == Busiest(100.0, at)


def test_earlier_load_tests_are_left_out():
    """Else each test would ask twice as much as the one before."""
    tested = ago(days=2)
    values = {"RequestCount": {tested: 1200.0, ago(days=1): 99.0}}
    assert busiest(values, [(tested + timedelta(seconds=40), tested + timedelta(minutes=9))]).per_minute == 99


def test_no_request_is_refused_with_the_remedy():
    with pytest.raises(RefusedError, match=r"knows of no request of the API in 28 days \(.*--twice-of 600/min"):
        busiest({})


def test_refused_read_is_refused_with_the_remedy():
    with pytest.raises(RefusedError, match=r"cannot be read: .*InternalError.*--twice-of"):
        busiest({}, status="InternalError")
