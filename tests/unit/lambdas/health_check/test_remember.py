"""What a run of probes leaves behind: a state per endpoint, a line per change, and nothing lost to a dead table."""

import io
import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.health_check.remember import remember
from lambdas.health_check.results import Result
from lambdas.shared.endpoint_state.observation import Rules
from lambdas.shared.endpoint_state.table import open_table
from lambdas.shared.guarded_http.stopwatch import Timings
from lambdas.shared.observability import logger
from lambdas.vocabulary.endpoints import ENDPOINT, RECORD, Reason, State

RULES = Rules(confirmations=2)
START = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def table():
    with mock_aws():
        keys = {ENDPOINT: "HASH", RECORD: "RANGE"}
        boto3.client("dynamodb").create_table(
            TableName="states",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        yield open_table("states")


@pytest.fixture
def lines(monkeypatch):
    """Everything that was logged since it was last called."""
    log = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", log)

    def take():
        logged = [json.loads(line) for line in log.getvalue().splitlines()]
        log.seek(0)
        log.truncate()
        return logged

    return take


def run(table, number, state, reason=None, **found):
    """The run that was due `number` intervals after the start."""
    at = START + number * RULES.interval
    result = Result("api", state, at, reason=reason, timings=Timings(total=12.0), **found)
    remember(table, [result], at, RULES)


def test_checks_of_the_last_answer_are_kept(table):
    """Also while it is down: what it would check is known then, too."""
    run(table, 0, State.UP, named_checks=("database", "queue at https://user:x@queue.internal/"))
    run(table, 1, State.DOWN, Reason.REFUSED)
    assert table.current("api", START.date()).named_checks == ("database", "queue at …")


def test_outage_is_two_log_lines(table, lines):
    """An outage is one line when it is sure and one when it ends."""
    run(table, 0, State.UP)
    lines()
    for number in (1, 2, 3):
        run(table, number, State.DOWN, Reason.REFUSED)
    run(table, 4, State.UP)
    logged = lines()
    assert [line["message"] for line in logged] == ["api is down", "api is up after 0:15:00 of downtime"]
    assert [line["level"] for line in logged] == ["WARNING", "INFO"]
    assert logged[0]["change"]["reason"] == "refused"


def test_failing_checks_are_the_reason(table, lines):
    """The failing checks are the reason of a degraded endpoint."""
    run(table, 0, State.UP)
    for number in (1, 2):
        run(table, number, State.DEGRADED, failing_checks=("database", "queue"))
    assert lines()[-1]["change"]["checks"] == ["database", "queue"]


def test_repeated_run_counts_once(table, lines):
    """A run that is delivered twice counts once."""
    run(table, 0, State.UP)
    lines()
    run(table, 1, State.DOWN, Reason.DNS)
    run(table, 1, State.DOWN, Reason.DNS)
    assert lines() == []


def test_missing_table_is_logged(table, lines):
    """A table that is gone is logged and the run goes on."""
    boto3.client("dynamodb").delete_table(TableName="states")
    run(table, 0, State.UP)
    windows, line = lines()
    assert windows["message"].startswith("announced maintenance was not read")
    assert line["level"] == "ERROR"
    assert line["message"].startswith("the endpoints' states were not read")
