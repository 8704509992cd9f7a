"""The functions as the platform calls them."""

import importlib
import json

import pytest
from moto import mock_aws

from lambdas.error_test import send_and_wait
from lambdas.operator_action.settings import Settings as ActionSettings
from lambdas.operator_view.settings import Settings as ViewSettings
from tests.lambda_context import lambda_context
from tests.unit.lambdas.operator_view.account import BUCKET, REGION, TABLE, Account

ID = f"{1:016x}"


@pytest.fixture
def handler_of(monkeypatch):
    """A function's handler, imported anew in the environment that its settings make."""

    def imported(folder, settings):
        for name, value in settings.to_environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        return importlib.reload(importlib.import_module(f"lambdas.{folder}.handler")).handler

    with mock_aws():
        Account().tell_story()
        yield imported


def settings_of(kind):
    return kind(
        environment="prod",
        table=TABLE,
        bucket=BUCKET,
        projects=("api", "monitoring"),
        view_function="view",
        action_function="action",
    )


def test_view_answers_with_markup(handler_of):
    """Its source lines are as they are: a mask of secrets would break the markup."""
    handler = handler_of("operator_view", settings_of(ViewSettings))
    html = handler({"view": "issue", "id": ID}, lambda_context(10_000, 9_000))
    assert "chargeOrder(order: Order, card: Card) {</code>" in html
    assert 'endpoint="arn:aws:lambda:us-east-1:111122223333:function:action"' in html
    assert json.loads(json.dumps(html)) == html


def test_action_answers_with_issue(handler_of):
    handler = handler_of("operator_action", settings_of(ActionSettings))
    payload = {"action": "mute", "project": "api", "id": ID, "revision": 3, "hours": 24}
    html = handler(payload, lambda_context(10_000, 9_000))
    assert "Muted until" in html
    assert 'endpoint="arn:aws:lambda:us-east-1:111122223333:function:view"' in html
    assert "was changed meanwhile" in handler(payload, lambda_context(10_000, 9_000))


def test_lost_test_error_fails_the_run(handler_of, monkeypatch):
    """So that the function's alarm fires."""
    settings = importlib.import_module("lambdas.error_test.settings").Settings
    given = settings(
        environment="prod",
        front_url="https://front",
        number=1,
        key="a" * 32,
        table=TABLE,
        patience=send_and_wait.timedelta(0),
    )
    handler = handler_of("error_test", given)
    monkeypatch.setattr(send_and_wait, "send", lambda dsn, event: None)
    with pytest.raises(Exception, match="was accepted and did not arrive within 0 s"):
        handler({}, lambda_context(10_000, 9_000))
