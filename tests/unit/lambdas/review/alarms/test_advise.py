"""Noisy and deaf alarms, and thresholds at which they would be neither."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.review.alarms.advise import TARGET, Fired, Suggestion, is_deaf, quieter, rounded_away, sharper
from lambdas.review.alarms.condition import Condition
from tests.unit.lambdas.review.alarms.test_condition import conditions

ABOVE = Condition("GreaterThanThreshold", 80.0, 1, 1, "notBreaching", 300)
BELOW = Condition("LessThanThreshold", 20.0, 1, 1, "notBreaching", 300)
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
FINITE = st.floats(-1e6, 1e6, allow_nan=False)


def spikes(*heights, low=10.0):
    """One after another, with quiet between them."""
    return [value for height in heights for value in (low, low, height)] + [low]


def test_suggests_the_nearest_quiet_threshold():
    points = spikes(81, 82, 83, 84, 90, 91, 92, 93)
    suggested = quieter(ABOVE, points)
    assert (suggested.threshold, suggested.would_fire) == (84.0, 4)


def test_threshold_that_is_not_the_cause_stays():
    """It fired by its history, but not by its own points: something else made it noisy."""
    assert quieter(ABOVE, spikes(81, 82)) is None


@given(conditions(), st.lists(st.none() | st.integers(0, 9).map(float), max_size=60))
@example(Condition("GreaterThanOrEqualToThreshold", 1.0, 1, 1, "missing", 60), spikes(*[5.0] * 8, low=0.0))
@example(Condition("LessThanOrEqualToThreshold", 5.0, 1, 1, "missing", 60), spikes(*[5.0] * 8, low=9.0))
def test_suggestion_says_what_it_would_do(condition, points):
    """And lies on the far side of the present threshold; silence that is an alarm has no threshold that helps."""
    suggested = quieter(condition, points)
    if suggested is None:
        assert condition.firings(points) <= TARGET or condition.missing == "breaching"
        return
    assert (
        suggested.would_fire == condition.at(suggested.threshold).firings(points) <= TARGET < condition.firings(points)
    )
    distance = suggested.threshold - condition.threshold
    assert distance >= 0 if condition.is_upward else distance <= 0


@pytest.mark.parametrize(
    ("condition", "points", "deaf"),
    [
        (ABOVE, [30.0] * 600, True),
        (ABOVE, [30.0] * 599 + [41.0], False),
        (ABOVE, [30.0] * 100, False),
        (ABOVE, [None] * 600, False),
        (ABOVE, [0.0] * 600, False),
        (ABOVE.at(0.0), [0.0] * 600, False),
        (BELOW, [50.0] * 600, True),
        (BELOW, [50.0] * 599 + [39.0], False),
    ],
    ids=["far", "half the way", "too few", "no data", "always zero", "alarmed above zero", "far below", "near below"],
)
def test_deaf(condition, points, deaf):
    assert is_deaf(condition, points) is deaf


def test_sharper_threshold_leaves_room():
    assert sharper(ABOVE, [30.0] * 600).threshold == 38.0
    assert sharper(BELOW, [50.0] * 600) == Suggestion(40.0, 0)


@given(FINITE, st.sampled_from((ABOVE, BELOW)))
def test_rounding_never_fires_more_often(value, condition):
    rounded = rounded_away(condition, value)
    assert rounded >= value - abs(value) * 1e-6 if condition.is_upward else rounded <= value + abs(value) * 1e-6
    assert abs(rounded - value) <= 0.11 * abs(value)


def at(*minutes):
    return tuple(FIRST + timedelta(minutes=minute) for minute in minutes)


@pytest.mark.parametrize(
    ("fired", "noise"),
    [
        (Fired(at(0, 2000)), ()),
        (Fired(at(0, 20, 59)), ("flaps",)),
        (Fired(at(0, 20, 90)), ()),
        (Fired(at(*range(0, 50000, 10000))), ("fired 5 times",)),
        (Fired(at(0, 10000, 20000), taken=0), ("nobody took it",)),
        (Fired(at(0, 10000, 20000), taken=1), ()),
        (Fired(at(0, 10000, 20000), taken=None), ()),
    ],
)
def test_noise(fired, noise):
    assert fired.noise == noise
