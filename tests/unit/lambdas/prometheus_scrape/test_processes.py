"""Counters when processes come, go and take turns."""

from datetime import timedelta

import pytest

from tests.unit.lambdas.prometheus_scrape.situation import BEFORE, NOW, STEP, Job, counter, gauge, started

OLD, OLDER = BEFORE, started(NOW - timedelta(days=2))


@pytest.fixture
def api(capsys):
    return Job(capsys, (counter(), gauge()))


def says(process, count):
    return f"{process}requests_total {count}\nlag_seconds 1\n"


def test_restart_counts_from_zero(api):
    api.scrape(says(OLD, 100))
    new = started(NOW + timedelta(minutes=2))
    assert api.scrape(says(new, 7)) == ({"requests_total": 7, "lag_seconds": 1}, [])
    assert api.scrape(says(new, 9)) == ({"requests_total": 2, "lag_seconds": 1}, [])


def test_restart_is_seen_though_the_count_rose(api):
    """Whoever takes a fall alone for a restart would say 20."""
    api.scrape(says(OLD, 100))
    assert api.scrape(says(started(NOW + timedelta(seconds=1)), 120))[0]["requests_total"] == 120


def test_two_processes_in_turn_are_refused(api):
    """No jump from one to the other is published, and the reason says what to do; gauges are."""
    api.scrape(says(OLD, 100))
    assert api.scrape(says(OLDER, 9000)) == ({"lag_seconds": 1}, [])
    for count, process in ((101, OLD), (9001, OLDER), (9002, OLDER), (103, OLD)):
        found, faults = api.scrape(says(process, count))
        assert (found, len(faults)) == ({"lag_seconds": 1}, 1)
        assert "several processes answer in turn (started 2026-11-21 09:00:00 UTC and 2026-11-22" in faults[0]
        assert "give each process a url of its own" in faults[0]


def test_many_processes_are_refused(api):
    """None comes back for long, and all ran already when another answered."""
    faults = [api.scrape(says(started(NOW - timedelta(days=days)), 5))[1] for days in range(1, 6)]
    assert [len(found) for found in faults] == [0, 0, 0, 1, 1]


def test_rollout_loses_one_interval(api):
    """The new process ran already when the old one answered last: what it counted before is not told apart."""
    api.scrape(says(OLD, 100))
    new = started(NOW - timedelta(minutes=1))
    assert api.scrape(says(new, 7)) == ({"lag_seconds": 1}, [])
    assert api.scrape(says(new, 9)) == ({"requests_total": 2, "lag_seconds": 1}, [])


def test_counters_return_when_one_process_is_left(api):
    for process in (OLD, OLDER, OLD):
        api.scrape(says(process, 5))
    faults = [api.scrape(says(OLD, count))[1] for count in range(6, 13)]
    assert [len(found) for found in faults] == [1, 1, 1, 1, 1, 0, 0]
    assert api.scrape(says(OLD, 15))[0]["requests_total"] == 3


def test_processes_of_the_same_second_are_refused(api):
    """Two that were started together: a count that falls without a restart tells them apart."""
    api.scrape(says(OLD, 100))
    found, faults = api.scrape(says(OLD, 40))
    assert (found, len(faults)) == ({"lag_seconds": 1}, 1)
    assert "counters fell, though the process did not begin anew" in faults[0]
    assert "requests_total" not in api.scrape(says(OLD, 101))[0]


def test_counters_need_a_start_time(api):
    found, faults = api.scrape(says("", 100))
    assert (found, len(faults)) == ({"lag_seconds": 1}, 1)
    assert "process_start_time_seconds" in faults[0]
    assert "one_process = true" in faults[0]


def test_one_process_may_lack_a_start_time(api):
    """Then a count that falls is a restart."""
    api.one_process = True
    counts = [api.scrape(says("", count))[0].get("requests_total") for count in (100, 130, 20, 25)]
    assert counts == [None, 30, 20, 5]


def test_doubled_run_counts_nothing_twice(api):
    """Both read the same state, and the second one is refused by the table."""
    api.scrape(says(OLD, 100))
    late = Job(api.capsys, api.series, at=api.at, memory=api.memory)
    stale = api.memory.state
    api.scrape(says(OLD, 110))
    late.memory = type("Stale", (), {"load": lambda _, job: stale, "replace": api.memory.replace})()
    found, faults = late.scrape(says(OLD, 111))
    assert (found, len(faults)) == ({"lag_seconds": 1}, 1)
    assert "another run read it at the same time" in faults[0]


def test_clock_behind_loses_one_interval_at_most(api):
    """The backend's clock is ten minutes late: its restart looks like one before the last scrape."""
    api.scrape(says(OLD, 100))
    new = started(NOW + STEP / 2 - timedelta(minutes=10))
    assert "requests_total" not in api.scrape(says(new, 3))[0]
    assert api.scrape(says(new, 4))[0]["requests_total"] == 1
