"""What is remembered, in DynamoDB's table."""

from datetime import UTC, datetime, timedelta

import pytest

from lambdas.prometheus_scrape.errors import ScrapeError
from lambdas.prometheus_scrape.state import State, States

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATE = State(NOON, 1.5, {"requests_total,route": {'["/a"]': {"": 5.0}}}, {"1.0": NOON}, NOON + timedelta(minutes=30))


def test_state_comes_back(table):
    states = States(table, "states")
    assert states.load("api") is None
    states.replace("api", None, STATE)
    assert states.load("api") == STATE
    assert states.load("worker") is None


def test_state_of_another_run_is_not_replaced(table):
    states, later = States(table, "states"), State(NOON + timedelta(minutes=5), 1.5, {})
    states.replace("api", None, STATE)
    for before in (None, later):
        with pytest.raises(ScrapeError, match="another run read it at the same time"):
            states.replace("api", before, later)
    states.replace("api", STATE, later)
    assert states.load("api") == later


def test_state_of_another_version_is_none(table):
    """Then this scrape is held against nothing, and the next one against it."""
    old = {"job": {"S": "api"}, "at": {"S": NOON.isoformat()}, "state": {"S": '{"at": "what"}'}}
    table.put_item(TableName="states", Item=old)
    assert States(table, "states").load("api") is None


def test_too_large_state_is_refused(table):
    large = State(NOON, None, {"x": {str(number): {"": 1.0} for number in range(30_000)}})
    with pytest.raises(ScrapeError, match="too many to remember: name fewer series"):
        States(table, "states").replace("api", None, large)


def test_missing_table_is_one_line(table):
    states = States(table, "gone")
    for act in (lambda: states.load("api"), lambda: states.replace("api", None, STATE)):
        with pytest.raises(ScrapeError, match="was not"):
            act()
