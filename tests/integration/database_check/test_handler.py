"""The function as the platform runs it: variables in, a URL from a secret, the state in a table."""

import importlib
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from lambdas.database_check.states import KEY
from tests.integration.database_check.conftest import LOGIN, ONLY_18, PASSWORD, SETTINGS

pytestmark = ONLY_18
CONTEXT = SimpleNamespace(
    function_name="junkos-test-database-check",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:eu-central-1:000000000000:function:junkos-test-database-check",
    aws_request_id="0f5e",
    get_remaining_time_in_millis=lambda: 30_000,
)


@pytest.fixture
def cold_start(database, monkeypatch):
    """Start the function anew, as often as it is called."""
    settings = {**SETTINGS.to_environment(), "STATE_TABLE": "state"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        url = f"postgresql://{LOGIN}:{PASSWORD}@127.0.0.1:{database.server.running.port}/{database.name}"
        boto3.client("secretsmanager").create_secret(Name="secret", SecretString=url)
        boto3.client("dynamodb").create_table(
            TableName="state",
            KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        module = importlib.import_module("lambdas.database_check.handler")
        yield lambda: importlib.reload(module).handler


def test_cold_start_compares_with_table(cold_start):
    """A cold start compares with what the process before it left."""
    first = cold_start()({}, CONTEXT)
    assert first["reachable"] is True
    assert "no earlier check" in first["absent"]["since_last_check"]
    second = json.loads(json.dumps(cold_start()({}, CONTEXT)))
    assert second["measurements"]["since_last_check"]["deadlocks"] == 0
    assert second["judgements"] == []


def test_late_run_counts_for_its_period(cold_start, capsys):
    """A late run counts for the period in which it was due."""
    slot = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=6)
    cold_start()({"slot": slot.isoformat()}, CONTEXT)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert {line["_aws"]["Timestamp"] for line in lines} == {slot.timestamp() * 1000}
