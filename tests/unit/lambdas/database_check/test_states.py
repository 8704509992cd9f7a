"""What one check leaves to the next, in memory and in a table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.database_check.since_last_check import State, since
from lambdas.database_check.states import KEY, InMemory, InTable

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
COUNTERS = {
    "database_id": 5,
    "commits": 900,
    "rollbacks": 100,
    "deadlocks": 2,
    "blocks_hit": 990,
    "blocks_read": 10,
    "temporary_bytes": 0,
    "statistics_reset": None,
}
BEFORE = State(NOON.isoformat(), COUNTERS, {"": 1000, "public.t": 500, "public.gone": 1})


def later(minutes=5, **counters):
    moment = NOON + timedelta(minutes=minutes)
    return State(moment.isoformat(), {**COUNTERS, **counters}, {"": 1800, "public.t": 900, "public.new": 7})


def test_the_difference_between_two_checks():
    happened = since(BEFORE, later(commits=990, rollbacks=110, deadlocks=3, blocks_hit=1080, blocks_read=20))
    assert happened["seconds"] == 300
    assert (happened["deadlocks"], happened["rollbacks"]) == (1, 10)
    assert happened["rollback_percent"] == pytest.approx(10)
    assert happened["cache_hit_percent"] == pytest.approx(90)
    assert happened["growth_bytes"] == {"": 800, "public.t": 400}


def test_an_idle_database_has_no_ratios():
    happened = since(BEFORE, later())
    assert (happened["rollback_percent"], happened["cache_hit_percent"]) == (None, None)


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        (None, later(), "no earlier check"),
        (BEFORE, None, "could not be read"),
        (BEFORE, later(minutes=0), "not earlier"),
        (BEFORE, later(minutes=-5), "not earlier"),
        (BEFORE, later(statistics_reset="2026-11-23 12:01:00+00"), "reset"),
        (BEFORE, later(database_id=6), "another server"),
        (BEFORE, later(commits=1), "reset"),  # a crash empties the counters and says nothing
    ],
)
def test_nothing_to_compare_gives_no_difference(before, now, reason):
    """There is no difference where there is nothing to compare."""
    assert reason in since(before, now)


def test_a_check_without_counters_leaves_no_state():
    assert State.of(NOON, {}) is None


def test_older_state_does_not_replace_newer():
    """An older state does not replace a newer one in memory."""
    states = InMemory()
    states.save(later())
    states.save(BEFORE)
    assert states.load() == later()


@pytest.fixture
def dynamodb():
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="state",
            KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


def test_cold_start_reads_stored_state(dynamodb):
    """A cold start reads what an earlier process left."""
    InTable(dynamodb, "state", "junkos").save(BEFORE)
    assert InTable(dynamodb, "state", "junkos").load() == BEFORE
    assert InTable(dynamodb, "state", "another").load() is None


def test_late_run_does_not_overwrite(dynamodb):
    """A run that comes late does not overwrite a newer state."""
    InTable(dynamodb, "state", "junkos").save(later())
    InTable(dynamodb, "state", "junkos").save(BEFORE)
    assert InTable(dynamodb, "state", "junkos").load() == later()


def test_unavailable_table_costs_comparison_only(dynamodb):
    """A table that does not answer costs nothing but the comparison."""
    states = InTable(dynamodb, "missing", "junkos")
    assert states.load() is None
    states.save(BEFORE)
    assert states.load() == BEFORE  # from memory: the next run of this process compares


def test_next_write_catches_up(dynamodb):
    """The next write catches up after a failed one."""
    states = InTable(dynamodb, "missing", "junkos")
    states.save(BEFORE)
    vars(states).update(_table="state")
    states.save(replace(BEFORE, at=later().at))
    assert InTable(dynamodb, "state", "junkos").load().at == later().at
