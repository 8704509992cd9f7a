"""An alarm that is computed again fires as CloudWatch's would: held to the emulator's evaluation."""

from hypothesis import given
from hypothesis import strategies as st

from emulator.cloudwatch import condition as emulated
from emulator.cloudwatch.verdict import judge
from emulator.cloudwatch.window import EXTRA_PERIODS, Window
from lambdas.review.alarms.condition import Condition

COMPARISONS = (
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
)
VALUES = st.lists(st.none() | st.integers(0, 6).map(float), max_size=30)


@st.composite
def conditions(draw):
    periods = draw(st.integers(1, 5))
    return Condition(
        draw(st.sampled_from(COMPARISONS)),
        float(draw(st.integers(0, 6))),
        periods,
        draw(st.integers(1, periods)),
        draw(st.sampled_from(("missing", "ignore", "breaching", "notBreaching"))),
        60,
    )


def firings_of_emulator(condition, points):
    """Period by period, with no data before the first."""
    of = emulated.Condition(
        condition.comparison,
        condition.threshold,
        condition.periods,
        condition.datapoints,
        emulated.Missing(condition.missing),
    )
    fired, state = 0, None
    for end in range(1, len(points) + 1):
        starts = tuple(range(end - condition.periods - EXTRA_PERIODS, end))
        known = {
            start: emulated.Point(start, points[start]) for start in starts if start >= 0 and points[start] is not None
        }
        verdict = judge(of, Window(1, starts), known).state
        now = state if verdict is None else verdict
        fired += now == emulated.State.ALARM and state != emulated.State.ALARM
        state = now
    return fired


@given(conditions(), VALUES)
def test_fires_as_the_emulator(condition, points):
    assert condition.firings(points) == firings_of_emulator(condition, points)


@given(conditions(), VALUES)
def test_never_more_often_than_periods(condition, points):
    assert 0 <= condition.firings(points) <= (len(points) + 1) // 2


def test_described_alarms():
    metric = {
        "ComparisonOperator": "LessThanThreshold",
        "Threshold": 2.0,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Period": 300,
        "TreatMissingData": "breaching",
    }
    assert Condition.of(metric) == Condition("LessThanThreshold", 2.0, 3, 2, "breaching", 300)
    computed = {**metric, "Metrics": [{"Id": "e", "Expression": "a"}, {"Id": "a", "MetricStat": {"Period": 60}}]}
    del computed["Period"], computed["DatapointsToAlarm"]
    assert Condition.of(computed) == Condition("LessThanThreshold", 2.0, 3, 3, "breaching", 60)


def test_band_has_no_threshold():
    assert Condition.of({"ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold"}) is None
