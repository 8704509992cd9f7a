"""A history that a demo makes up is read by the page's own code, and the next probe follows on it."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from demo.made_up_history import MOST_DAYS, write_history
from lambdas.shared.endpoint_state.observation import Observation, Rules
from lambdas.shared.endpoint_state.step import Occasion, step
from lambdas.shared.endpoint_state.table import StateTable
from lambdas.vocabulary.endpoints import ENDPOINT, RECORD, State

NOW = datetime(2026, 11, 27, 2, 7, 31, tzinfo=UTC)


@pytest.fixture
def table():
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        kinds = {ENDPOINT: "HASH", RECORD: "RANGE"}
        dynamodb.create_table(
            TableName="states",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in kinds.items()],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in kinds],
        )
        yield StateTable(dynamodb, "states")


def test_made_up_history_reads_correctly(table):
    """Ninety days with three troubles are read as they were written."""
    write_history(table.dynamodb, table.name, "api", MOST_DAYS, NOW)
    today = NOW.date()
    found = table.history("api", today - timedelta(days=MOST_DAYS), today)
    assert len(found.days) == MOST_DAYS + 1
    assert all(day.watched_seconds > 0 for day in found.days)
    assert [(it.worst, it.end is not None) for it in found.incidents] == [(State.DEGRADED, True), (State.DOWN, True)]


def test_the_next_probe_follows_on_it(table):
    write_history(table.dynamodb, table.name, "api", 3, NOW)
    current = table.current("api", NOW.date())
    seen = Observation("api", State.UP, NOW, 90.0)
    taken = step(current, seen, Occasion(NOW, NOW, Rules()), lambda of: table.day("api", of))
    table.write(taken, NOW)
    assert table.current("api", NOW.date()).state is State.UP
    assert taken.change is None
