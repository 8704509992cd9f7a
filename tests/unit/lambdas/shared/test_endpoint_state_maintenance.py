"""What announced maintenance leaves out of an endpoint's days, and when in the day its checks failed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.endpoint_state.current import never_seen
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.observation import Observation, Rules
from lambdas.shared.endpoint_state.step import Occasion, step
from lambdas.shared.endpoint_state.window import Window, outside, within
from lambdas.vocabulary.endpoints import State

MIDNIGHT = datetime(2026, 3, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = Rules()


def at(minutes):
    return MIDNIGHT + minutes * MINUTE


def window(start, end):
    return Window(at(start), at(end))


def days_of(states, *windows, first=0, rules=RULES):
    """The days after checks of these states, one after the other, by their date."""
    current, days = never_seen("api", at(first).date()), {}
    for number, state in enumerate(states):
        moment = at(first) + number * rules.interval
        seen = Observation("api", State(state), moment, 100.0)
        taken = step(current, seen, Occasion(moment, moment, rules, windows), lambda of: days.get(of, Day(of)))
        current = taken.current
        days.update({day.date: Day.from_dict(day.as_dict()) for day in taken.days})
    return {**days, current.day.date: Day.from_dict(current.day.as_dict())}


def day_of(states, *windows, **more):
    (day,) = days_of(states, *windows, **more).values()
    return day


def test_maintenance_is_no_downtime():
    """Down from minute 60 to 90, all of it announced."""
    states = ["up"] * 12 + ["down"] * 6 + ["up"] * 12
    day = day_of(states, window(60, 90))
    assert day.checks == {State.UP: 24}
    assert day.seconds.get(State.DOWN, 0) == 0
    assert day.maintenance_seconds == 30 * 60


def test_downtime_outside_still_counts():
    """Of an hour down, the last half is maintenance."""
    states = ["up"] * 12 + ["down"] * 12 + ["up"] * 12
    day = day_of(states, window(90, 120))
    assert day.checks[State.DOWN] == 6
    assert day.seconds[State.DOWN] == 30 * 60
    assert day.maintenance_seconds == 30 * 60


def test_service_that_is_not_named_is_unchanged():
    states = ["up", "down", "down", "up", "up"]
    day = day_of(states)
    assert (day.checks, day.maintenance_seconds) == ({State.UP: 3, State.DOWN: 2}, 0)


def test_overlapping_windows_count_once():
    day = day_of(["down"] * 24, window(0, 60), window(30, 90), window(40, 50))
    assert day.maintenance_seconds == 90 * 60
    assert day.checks == {State.DOWN: 6}


def test_window_crosses_midnight():
    days = days_of(["up"] * 24, window(23 * 60 + 30, 24 * 60 + 30), first=23 * 60)
    evening, morning = (days[moment.date()] for moment in (MIDNIGHT, at(24 * 60)))
    assert (evening.maintenance_seconds, morning.maintenance_seconds) == (25 * 60, 35 * 60)  # the later one's
    assert (evening.checks, morning.checks) == ({State.UP: 6}, {State.UP: 6})


def test_day_may_be_all_maintenance():
    day = day_of(["down"] * 288, window(-60, 24 * 60 + 60))
    assert (day.checks, day.watched_seconds) == ({}, 0)
    assert day.maintenance_seconds == 287 * 300


def test_end_of_maintenance_is_not_downtime():
    """Back before the window's end, and seen to be back after it: nobody knows better."""
    day = day_of(["down"] * 6 + ["up"] * 6, window(0, 29))
    assert day.seconds.get(State.DOWN, 0) == 0
    assert day.maintenance_seconds == 29 * 60


def test_record_of_good_day_stays_small():
    written = day_of(["up"] * 288).as_dict()
    assert not {"failed_slots", "uncounted_slots", "maintenance_seconds"} & set(written)


def test_old_records_are_read():
    """Their slots keep a run from being counted twice, and say nothing of when a check failed."""
    old = Day.from_dict({"date": "2026-03-10", "checks": {"up": 2, "down": 1}, "seconds": {}, "slots": "7"})
    assert old.counted_since(MIDNIGHT) == (0, 0)
    seen = Observation("api", State.DOWN, at(15), None)
    assert old.counting(seen, at(10), RULES.interval) == old
    assert old.counting(seen, at(15), RULES.interval).counted_since(MIDNIGHT) == (1, 1)


def test_slots_begin_anew_with_interval():
    day = day_of(["down"] * 6)
    changed = day.counting(Observation("api", State.UP, at(40), 90.0), at(40), MINUTE)
    assert changed.counted_since(MIDNIGHT) == (1, 0)
    assert changed.checks == {State.DOWN: 6, State.UP: 1}


@given(
    st.lists(st.sampled_from(list(State)), min_size=1, max_size=288),
    st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 600)), max_size=4),
    st.integers(0, 1440),
)
def test_slots_say_what_was_counted(states, windows, since):
    """The checks from any minute on, as somebody who looks at each of them counts."""
    announced = [window(start, start + lasts) for start, lasts in windows]
    day = day_of(states, *announced)
    counted = [
        state
        for number, state in enumerate(states)
        if number * 5 >= since
        and state is not State.UNKNOWN
        and not any(each.covers(at(number * 5)) for each in announced)
    ]
    assert day.counted_since(at(since)) == (len(counted), counted.count(State.DOWN))
    if since == 0:
        assert sum(day.checks.get(state, 0) for state in State if state is not State.UNKNOWN) == len(counted)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(-5, 60)), max_size=6), st.integers(0, 60), st.integers(0, 60))
def test_overlap_is_that_of_each_minute(windows, start, lasts):
    announced = [window(begin, begin + length) for begin, length in windows]
    covered = sum(any(each.covers(at(minute)) for each in announced) for minute in range(start, start + lasts))
    assert within(announced, at(start), at(start + lasts)) == covered * MINUTE
    assert outside(announced, at(start), at(start + lasts)) == (lasts - covered) * MINUTE


@pytest.mark.parametrize(("minute", "covered"), [(9, False), (10, True), (19, True), (20, False)])
def test_window_ends_before_its_end(minute, covered):
    assert window(10, 20).covers(at(minute)) is covered
