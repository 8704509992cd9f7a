"""Statistics of samples, as AWS documents them."""

from datetime import UTC, datetime

import pytest

from emulator.cloudwatch.samples import Sample
from emulator.cloudwatch.statistics import UnknownStatisticError, value_of
from emulator.cloudwatch.window import points_in, window_at

TEN = [Sample.of(0, float(value)) for value in range(1, 11)]
SPREAD = [Sample.of(0, value) for value in (10.0, 100.0, 150.0, 300.0, 1000.0, 5000.0)]

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
STATISTICS = [
    ("SampleCount", TEN, 10),  # "the number of data points during the period"
    ("Sum", TEN, 55),
    ("Average", TEN, 5.5),  # "Sum/SampleCount"
    ("Minimum", TEN, 1),
    ("Maximum", TEN, 10),
    ("p50", TEN, 5.5),
    ("p90", TEN, 9.1),
    ("p100", TEN, 10),
    ("p99.9", TEN, 9.991),
    ("tm90", TEN, 5),  # "the average after removing the 10% of data points with the highest values"
    ("TM(10%:90%)", TEN, 5.5),
    ("TM(150:1000)", SPREAD, 650),  # "removing all that are lower than or equal to 150, or higher than 1000"
    ("IQM", TEN, 5.5),  # "equivalent to TM(25%:75%)"
    ("PR(:300)", SPREAD, 400 / 6),  # "the percentage of data points that have a value of 300 or less"
    ("PR(100:2000)", SPREAD, 50),
    ("tc90", TEN, 9),  # "not including any that fall in the highest 10% of the values"
    ("TC(80:500)", SPREAD, 3),  # "between 80 (exclusive) and 500 (inclusive)"
    ("ts90", TEN, 45),
    ("TS(80%:)", TEN, 19),  # "not including any values in the lowest 80%"
    ("WM(:5)", TEN, 4),
]


@pytest.mark.parametrize(("statistic", "samples", "value"), STATISTICS)
def test_a_statistic_is_what_its_definition_says(statistic, samples, value):
    assert value_of(statistic, samples) == pytest.approx(value)


def test_values_have_weights():
    """A value counts as often as it was seen."""
    samples = [Sample.of(0, 1.0, count=3), Sample.of(0, 5.0)]
    assert (value_of("Average", samples), value_of("SampleCount", samples), value_of("p50", samples)) == (2, 4, 1)


# "Requirements to use percentiles, trimmed mean, and some other statistics", same page
def test_percentiles_need_one_repeated_value():
    """A statistic set has percentiles only as one repeated value."""
    assert value_of("p50", [Sample(0, 1.0, 3.0, 4.0, 2.0)]) is None
    assert value_of("p50", [Sample(0, 2.0, 2.0, 4.0, 2.0)]) == 2
    assert value_of("Maximum", [Sample(0, 1.0, 3.0, 4.0, 2.0)]) == 3


def test_there_are_no_percentiles_with_negative_values():
    assert value_of("p90", [Sample.of(0, -1.0), Sample.of(0, 4.0)]) is None


def test_no_samples_have_no_statistic():
    assert value_of("Sum", []) is None


@pytest.mark.parametrize("statistic", ["Mean", "p101", "pp", "tm(10:90)", ""])
def test_unknown_statistic_is_refused(statistic):
    """A statistic that cloudwatch does not have is refused."""
    with pytest.raises(UnknownStatisticError, match="is not a statistic of CloudWatch"):
        value_of(statistic, TEN)


NOON = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)
START = int(datetime(2026, 1, 1, 11, 57, tzinfo=UTC).timestamp())


def test_newest_period_is_complete():
    """The newest period is the last that is over."""
    window = window_at(NOON, 60, 1)
    assert window.starts == (START, START + 60, START + 120)


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html: sliding by default
def test_long_window_ends_at_full_minute():
    """A window of long periods ends at the last full minute."""
    window = window_at(NOON.replace(minute=7), 300, 1)
    assert datetime.fromtimestamp(window.end, UTC) == NOON.replace(minute=7, second=0)


# API_PutMetricAlarm, Unit: "Metric data points that specify a unit of measure are aggregated separately"
def test_unit_filters_data():
    """With a unit only data in that unit counts."""
    window = window_at(NOON, 60, 1)
    samples = [Sample.of(START, 1.0, "Seconds"), Sample.of(START, 7.0, "Milliseconds")]
    assert points_in(window, samples, "Sum", "Seconds") == {START: 1}
    assert points_in(window, samples, "Sum", "Count") == {}
    assert points_in(window, samples, "Sum") == {START: 8}


def test_samples_outside_window_are_ignored():
    """Samples outside of the window do not count."""
    window = window_at(NOON, 60, 1)
    samples = [Sample.of(START - 1, 1.0), Sample.of(START + 59.9, 2.0), Sample.of(window.end, 4.0)]
    assert points_in(window, samples, "Sum") == {START: 2}
