"""Alarm states with missing data, as AWS documents them."""

from datetime import UTC, datetime

import pytest

from emulator.cloudwatch.condition import Condition, Missing, Point, State
from emulator.cloudwatch.verdict import judge
from emulator.cloudwatch.window import window_at

# Rows of the tables in "Examples of how missing data is treated" and "Avoiding premature transitions to alarm state":
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
# Points oldest first: 0 good, X breaching, - missing. Then the state with missing, ignore, breaching, notBreaching;
# "same" is the present state.
THREE_OF_THREE = [
    ("0-X-X", "OK OK OK OK"),
    ("0----", "OK OK OK OK"),
    ("-----", "INSUFFICIENT_DATA same ALARM OK"),
    ("0XX-X", "ALARM ALARM ALARM ALARM"),
    ("--X--", "ALARM same ALARM OK"),
    ("----X", "INSUFFICIENT_DATA same ALARM OK"),
    ("---X-", "INSUFFICIENT_DATA same ALARM OK"),
    ("X----", "ALARM same ALARM OK"),
]
TWO_OF_THREE = [
    ("0-X-X", "ALARM ALARM ALARM ALARM"),
    ("00X0X", "ALARM ALARM ALARM ALARM"),
    ("0-X--", "OK OK ALARM OK"),
    ("----0", "OK OK ALARM OK"),
    ("---X-", "ALARM same ALARM OK"),
    ("----X", "INSUFFICIENT_DATA same ALARM OK"),
]
# "CloudWatch alarms may repeatedly re-evaluate the last set of data points after the metric has stopped flowing."
ONE_OF_ONE = [
    ("--X", "ALARM ALARM ALARM ALARM"),
    ("X--", "ALARM ALARM ALARM ALARM"),
    ("X-0", "OK OK OK OK"),
    ("---", "INSUFFICIENT_DATA same ALARM OK"),
]
CASES = [
    (needed, periods, points, missing, state)
    for needed, periods, rows in ((3, 3, THREE_OF_THREE), (2, 3, TWO_OF_THREE), (1, 1, ONE_OF_ONE))
    for points, states in rows
    for missing, state in zip(Missing, states.split(), strict=True)
]


def verdict(points, missing, needed, periods, comparison="GreaterThanThreshold"):
    window = window_at(datetime(2026, 1, 1, 0, 5, tzinfo=UTC), 60, periods)
    values = {"X": 2.0, "0": 0.0}
    there = {
        start: Point(start, values[point]) for start, point in zip(window.starts, points, strict=True) if point != "-"
    }
    return judge(Condition(comparison, 1.0, periods, needed, missing), window, there)


@pytest.mark.parametrize(("needed", "periods", "points", "missing", "state"), CASES)
def test_missing_data_is_treated_as_documented(needed, periods, points, missing, state):
    found = verdict(points, missing, needed, periods).state
    assert found == (None if state == "same" else State(state))


# The sentences of real notifications, such as those in
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Acting_Alarm_Changes.html
REASONS = {
    ("--X", Missing.MISSING): (
        "Threshold Crossed: 1 out of the last 1 datapoints [2.0 (01/01/26 00:04:00)] was greater than the threshold"
        " (1.0) (minimum 1 datapoint for OK -> ALARM transition)."
    ),
    ("--0", Missing.MISSING): (
        "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (01/01/26 00:04:00)] was not greater than the"
        " threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition)."
    ),
    ("---", Missing.NOT_BREACHING): (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as"
        " [NonBreaching]."
    ),
    ("---", Missing.MISSING): "Insufficient Data: 1 datapoint was unknown.",
}


@pytest.mark.parametrize(("case", "reason"), REASONS.items())
def test_the_reason_reads_as_cloudwatch_words_it(case, reason):
    assert verdict(*case, 1, 1).reason == reason


def test_missing_data_is_in_reason():
    """Missing data that makes the alarm is named in the reason."""
    assert verdict("----0", Missing.BREACHING, 2, 3).reason == (
        "Threshold Crossed: 2 missing datapoints were treated as [Breaching]."
    )


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, ComparisonOperator
COMPARISONS = [
    ("GreaterThanOrEqualToThreshold", (1.0, 1.5), (0.5,)),
    ("GreaterThanThreshold", (1.5,), (0.5, 1.0)),
    ("LessThanThreshold", (0.5,), (1.0, 1.5)),
    ("LessThanOrEqualToThreshold", (0.5, 1.0), (1.5,)),
]
BANDS = [
    ("GreaterThanUpperThreshold", (4.0,), (0.0, 2.0, 3.0)),
    ("LessThanLowerThreshold", (0.0,), (1.0, 2.0, 4.0)),
    ("LessThanLowerOrGreaterThanUpperThreshold", (0.0, 4.0), (1.0, 2.0, 3.0)),
]


@pytest.mark.parametrize(("comparison", "breaching", "good"), [*COMPARISONS, *BANDS])
def test_a_value_breaches_as_its_comparison_says(comparison, breaching, good):
    condition = Condition(comparison, 1.0, 1, 1)
    found = [value for value in sorted((*breaching, *good)) if condition.is_breached_by(Point(0, value, 1.0, 3.0))]
    assert found == sorted(breaching)
