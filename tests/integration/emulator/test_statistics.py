"""Statistics beyond the plain ones, as GetMetricData answers them: here, how many values lie between two bounds."""

import datetime as dt

import pytest

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture(scope="module")
def counted(client):
    cloudwatch = client("cloudwatch")
    values = {"Values": [200.0, 1000.0, 1000.5, 3000.0], "Counts": [7, 1, 1, 1], "MetricName": "duration"}
    cloudwatch.put_metric_data(Namespace="Counts", MetricData=[{**values, "Timestamp": NOW}])

    def of(statistic):
        metric = {"Namespace": "Counts", "MetricName": "duration"}
        query = {"Id": "q", "MetricStat": {"Metric": metric, "Period": 300, "Stat": statistic}}
        window = {"StartTime": NOW - dt.timedelta(minutes=10), "EndTime": NOW + dt.timedelta(minutes=10)}
        (result,) = cloudwatch.get_metric_data(MetricDataQueries=[query], **window)["MetricDataResults"]
        return sum(result["Values"])

    return of


@pytest.mark.parametrize(
    ("statistic", "count"),
    [("TC(:1000)", 8), ("TC(200:1000)", 1), ("TC(1000:)", 2), ("TC(:100)", 0), ("SampleCount", 10)],
)
def test_bounds_are_inclusive_and_exclusive(counted, statistic, count):
    """The upper bound is within and the lower one is not."""
    assert counted(statistic) == count
