"""How observations become the public state of an endpoint, in memory."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.endpoint_state.cause import NO_CAUSE, Cause
from lambdas.shared.endpoint_state.current import Current, never_seen
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.latencies import Latencies
from lambdas.shared.endpoint_state.observation import Observation, Rules
from lambdas.shared.endpoint_state.step import Occasion, step
from lambdas.vocabulary.endpoints import FLAPPING, State

START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
RULES = Rules()
MINUTE = timedelta(minutes=1)


class Watched:
    """An endpoint that is observed every five minutes, and what its records are."""

    def __init__(self, rules=RULES, start=START):
        self.rules = rules
        self.at = start - rules.interval
        self.current = never_seen("api", start.date())
        self.changes = []
        self.incidents = {}
        self.days = {}

    def sees(self, *states, after=None, **cause):
        for state in states:
            self.at += after or self.rules.interval
            self.sees_at(self.at, state, **cause)
        return self

    def sees_at(self, at, state, *, slot=None, now=None, reason="refused", checks=("database",)):
        state = State(state)
        causes = {State.DOWN: Cause(reason), State.DEGRADED: Cause("", tuple(checks))}
        observation = Observation("api", state, at, 100.0, causes.get(state, NO_CAUSE))
        occasion = Occasion(slot or at, now or at, self.rules)
        taken = step(self.current, observation, occasion, lambda of: self.days.get(of, Day(of)))
        # What is written is what the next run reads.
        self.current = Current.from_dict("api", 0, taken.current.as_dict())
        self.days |= {day.date: day for day in taken.days}
        self.changes += [taken.change] if taken.change else []
        if taken.incident:
            self.incidents[taken.incident.start] = taken.incident

    @property
    def path(self):
        return " ".join(change.after for change in self.changes)


@pytest.mark.parametrize(
    ("seen", "path"),
    [
        ("up up up", "up"),
        ("up down up", "up"),  # one failure is none
        ("up down down down", "up down"),  # changes once
        ("up down down up", "up down up"),  # recovers at once
        ("up slow slow", "up slow"),
        ("up slow up slow up", "up"),
        ("up degraded down", "up degraded"),  # both were at least degraded
        ("up degraded down down", "up degraded down"),
        ("up down slow slow", "up slow"),
        ("up down down slow down down", "up down slow down"),
        ("down down", "down"),
        ("down up", "up"),
        ("unknown unknown", ""),
        ("up down unknown down", "up down"),  # what is not known neither confirms nor refutes
        ("up unknown unknown up", "up"),
    ],
)
def test_worse_needs_confirmation(seen, path):
    """The public state worsens when confirmed and improves at once."""
    assert Watched().sees(*seen.split()).path == path


def test_recovery_gives_the_downtime():
    """A recovery gives the downtime since the first bad observation."""
    watched = Watched().sees("up", "down", "down", "down", "up")
    _, down, recovery = watched.changes
    assert down.since == START + 5 * MINUTE
    assert recovery.downtime_seconds == 15 * 60
    (incident,) = watched.incidents.values()
    assert (incident.start, incident.end) == (START + 5 * MINUTE, START + 20 * MINUTE)
    assert incident.down_seconds == 15 * 60
    assert watched.current.incident is None


def test_incident_keeps_worst_reason():
    """An incident keeps the reason of its worst state."""
    watched = Watched().sees("up").sees("degraded", "degraded").sees("down", "down", reason="refused")
    watched.sees("degraded", checks=["cache"]).sees("up")
    (incident,) = watched.incidents.values()
    assert (incident.worst, incident.cause, incident.down_seconds) == (State.DOWN, Cause("refused"), 600)


def hour(*states):
    """An hour in which every second check fails, after a good one and followed by `states`."""
    return Watched().sees("up").sees(*["down", "up"] * 6).sees(*states)


def test_hour_of_failures_is_one_incident():
    """Hour of single failures is one incident of half its time down."""
    watched = hour(*["up"] * 4)
    assert watched.path == "up degraded up"
    (incident,) = watched.incidents.values()
    assert (incident.worst, incident.cause) == (State.DEGRADED, Cause(FLAPPING))
    assert (incident.start, incident.end) == (START + 5 * MINUTE, START + 60 * MINUTE)  # the first good of the rest
    assert (incident.times_down, incident.down_seconds) == (6, 30 * 60)
    assert watched.current.day.seconds == {State.UP: 25 * 60, State.DEGRADED: 55 * 60}


def test_flapping_is_logged_twice():
    """Flapping is written when it begins and ends and not each time."""
    watched = Watched().sees("up")
    watched.sees(*["down", "up"] * 6)
    written = dict(watched.incidents)
    watched.sees(*["down", "up"] * 20)
    assert watched.incidents == written
    assert watched.current.incident.times_down == 26


def test_flapping_that_stays_down_is_down():
    watched = hour("down", "down")
    assert watched.path == "up degraded down"
    assert watched.current.incident.worst is State.DOWN


@pytest.mark.parametrize(
    "states",
    [
        "down up up up up up up up up up up up",  # one failure
        "down up down up down up down up up up up up",  # one fewer than is flapping
        "down down down down down down down down down down down up",  # an outage
        "down down down down down down down down down down up down",  # an outage with a good check in it
        "down up up up down up up up down up up up down",  # too seldom
    ],
)
def test_less_is_no_flapping(states):
    assert "degraded" not in Watched().sees("up", *states.split()).path


def test_flapping_begins_where_its_alarm_does():
    states = [state for _ in range(3) for state in ("up", "up", "up", "down")]
    assert Watched(Rules(flapping=3)).sees(*states).path == "up degraded"
    assert Watched(Rules(flapping=4)).sees(*states).path == "up"


def test_midnight_flapping_stays_within_day():
    """Flapping over midnight moves no more than the day has."""
    midnight = datetime(2026, 3, 11, tzinfo=UTC)
    watched = Watched(start=midnight - 40 * MINUTE).sees("up").sees(*["down", "up"] * 6)
    assert watched.current.day.date == date(2026, 3, 11)
    assert watched.current.day.watched_seconds == 5 * 60 * (1 + 4)
    assert min(watched.current.day.seconds.values()) == 0


def test_degraded_survives_one_failure():
    """Degraded that fails once keeps what it reported."""
    watched = Watched().sees("up", "degraded").sees("down", reason="refused")
    assert watched.path == "up degraded"
    assert watched.current.cause == Cause("", ("database",))
    assert watched.changes[-1].as_dict()["checks"] == ["database"]


def test_present_cause_is_of_the_newest_check():
    watched = Watched().sees("up", "degraded", "degraded").sees("degraded", checks=["queue"])
    assert watched.current.cause.checks == ("queue",)
    watched.sees("down", "down").sees("down", reason="timeout waiting")
    assert watched.current.cause == Cause("timeout waiting")


def test_incident_gathers_failing_checks():
    """Incident gathers the checks that fail in it and says when it changed."""
    watched = Watched().sees("up", "degraded", "degraded").sees("degraded", checks=["queue"]).sees("degraded")
    (incident,) = watched.incidents.values()
    assert incident.cause.checks == ("database", "queue")
    assert incident.changed_at == START + 15 * MINUTE


def test_incident_changes_when_worse_or_over():
    """Incident changes when it worsens and when it ends."""
    watched = Watched().sees("up", "degraded", "degraded")
    changed = [watched.current.incident.changed_at]
    for states in (["down", "down"], ["up"]):
        watched.sees(*states)
        (incident,) = watched.incidents.values()
        changed.append(incident.changed_at)
    assert changed == [START + 10 * MINUTE, START + 20 * MINUTE, START + 25 * MINUTE]


def test_slow_is_no_incident():
    assert not Watched().sees("up", "slow", "slow", "up").incidents


def test_day_seconds_follow_public_state():
    """The days seconds are of the public state."""
    day = Watched().sees("up", "up", "down", "up", "down", "down", "up").current.day
    assert day.seconds == {State.UP: 1200, State.DOWN: 600}
    assert day.checks == {State.UP: 4, State.DOWN: 3}


def test_confirmations_correct_earlier_time():
    """More confirmations move the time that was judged too well."""
    day = Watched(Rules(confirmations=3)).sees("up", "up", "down", "down", "down", "up").current.day
    assert day.seconds == {State.UP: 600, State.DOWN: 900}


def test_unwatched_time_is_neither():
    """Time in which nobody looked is neither good nor bad."""
    watched = Watched().sees("up", "down").sees("down", after=timedelta(hours=6))
    assert watched.path == "up"  # the two failures do not follow on each other
    assert watched.current.day.watched_seconds == 300


def test_slot_counts_once():
    """A slot counts once however often it runs."""
    watched = Watched().sees("up")
    watched.sees_at(START + MINUTE, "up", slot=START)
    assert watched.current.day.checks == {State.UP: 1}
    assert watched.current.checked_at == START + MINUTE


def test_late_observation_changes_no_state():
    """An observation that comes too late counts but changes no state."""
    watched = Watched().sees("up", "up").sees("up", after=10 * MINUTE)
    for _ in range(2):
        watched.sees_at(START + 10 * MINUTE, "down", now=watched.at)
    assert watched.path == "up"
    assert watched.current.checked_at == watched.at
    assert watched.current.day.checks == {State.UP: 3, State.DOWN: 1}


def test_late_slot_counts_in_yesterday():
    """A late slot of yesterday is counted in yesterday."""
    midnight = datetime(2026, 3, 11, tzinfo=UTC)
    watched = Watched(start=midnight - 10 * MINUTE).sees("up").sees("up", after=10 * MINUTE)
    watched.sees_at(midnight - 5 * MINUTE, "slow", now=midnight + MINUTE)
    assert watched.days[date(2026, 3, 10)].checks == {State.UP: 1, State.SLOW: 1}
    assert watched.current.day.date == date(2026, 3, 11)


def test_midnight_begins_a_new_day():
    """Midnight begins a new day and keeps the old one."""
    midnight = datetime(2026, 3, 11, tzinfo=UTC)
    watched = Watched(start=midnight - 10 * MINUTE).sees("up", "up", "up", "up")
    assert watched.days[date(2026, 3, 10)].checks == {State.UP: 2}
    assert watched.current.day.checks == {State.UP: 2}


def test_jumping_clock_loses_no_day():
    """A clock that jumps ahead and back loses no day and stops nothing."""
    watched = Watched().sees("up", "up")
    jumped = START + timedelta(days=3)
    watched.sees_at(jumped, "up")
    watched.sees("down", "down", "up")
    assert watched.path == "up down up"
    assert watched.current.day.date == START.date()
    assert watched.current.day.checks == {State.UP: 3, State.DOWN: 2}
    assert all(change.downtime_seconds is None or change.downtime_seconds >= 0 for change in watched.changes)


def test_incident_never_ends_before_start():
    """An incident that a jumping clock opened does not end before it began."""
    watched = Watched().sees("up")
    watched.sees_at(START + timedelta(hours=5), "down")
    watched.sees_at(START + timedelta(hours=5, minutes=5), "down")
    watched.sees("up")
    (incident,) = watched.incidents.values()
    assert incident.end >= incident.start
    assert incident.down_seconds == 0


@given(st.lists(st.sampled_from(list(State)), max_size=60))
def test_the_story_of_any_observations_is_consistent(states):
    watched = Watched().sees(*states)
    befores = [change.before for change in watched.changes]
    afters = [change.after for change in watched.changes]
    assert befores == [State.UNKNOWN, *afters[:-1]][: len(befores)]
    assert State.UNKNOWN not in afters
    assert all(before != after for before, after in zip(befores, afters, strict=True))
    day = watched.current.day
    assert sum(day.checks.values()) == len(states)
    lasting = [incident for incident in watched.incidents.values() if incident.end is None]
    assert lasting == ([watched.current.incident] if watched.current.incident else [])
    known = [index for index, state in enumerate(states) if state is not State.UNKNOWN]
    steps = [later - earlier for earlier, later in itertools.pairwise(known)]
    assert day.watched_seconds == sum(300 * number for number in steps if number <= 3)
    over = [incident for incident in watched.incidents.values() if incident.end]
    assert all(0 <= each.down_seconds <= (each.end - each.start).total_seconds() for each in over)
    assert all(earlier.end <= later.start for earlier, later in itertools.pairwise(over))
    assert all(seconds >= 0 for seconds in day.seconds.values())
    if not lasting:
        assert day.seconds.get(State.DOWN, 0) <= sum(each.down_seconds for each in over)


@given(st.lists(st.floats(1, 60_000), min_size=1, max_size=200), st.floats(0.01, 1))
def test_percentiles_are_right_within_ten_percent(values, share):
    latencies = Latencies()
    for value in values:
        latencies = latencies.including(value)
    exact = next(value for rank, value in enumerate(sorted(values), 1) if rank >= share * len(values))
    assert latencies.percentile(share) == pytest.approx(exact, rel=0.1001)
    assert Latencies.together([latencies, latencies]).percentile(share) == pytest.approx(latencies.percentile(share))


def test_no_latencies_have_no_percentile():
    assert Latencies.together([]).percentile(0.5) is None
