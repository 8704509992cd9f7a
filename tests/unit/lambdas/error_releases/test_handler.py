"""The functions as the platform starts them: settings from the environment, tokens from their stores."""

import importlib
import json
import sys

import pytest
from moto import mock_aws

from lambdas.deployment_record import settings as deployments
from lambdas.error_releases.settings import ProjectToken, Settings
from lambdas.shared import aws
from tests.lambda_context import lambda_context
from tests.releases import BUCKET, ORGANIZATION, TABLE, TOKENS, Clock, error_bucket, error_table, http_event
from tests.unit.lambdas.deployment_record.events import ECS

SETTINGS = Settings(
    environment="production",
    organization=ORGANIZATION,
    table=TABLE,
    bucket=BUCKET,
    tokens=(
        ProjectToken("api", "secret", "errors/api").to_json(),
        ProjectToken("web", "parameter", "/errors/web").to_json(),
    ),
)


@pytest.fixture
def started(monkeypatch):
    """Imports a function's handler anew, with its settings as environment variables."""
    with mock_aws():
        yield lambda folder, settings: _handler_of(monkeypatch, folder, settings)


def _handler_of(monkeypatch, folder, settings):
    for name, value in settings.to_environment().items():
        monkeypatch.setenv(name, value)
    module = f"lambdas.{folder}.handler"
    monkeypatch.delitem(sys.modules, module, raising=False)
    handler = importlib.import_module(module).handler
    monkeypatch.delitem(sys.modules, module)
    return lambda event: handler(event, lambda_context(30_000, 30_000, 30_000))


def test_tokens_come_from_both_stores(started):
    error_table(Clock())
    error_bucket()
    aws.client("secretsmanager").create_secret(Name="errors/api", SecretString=TOKENS["api"])
    aws.client("ssm").put_parameter(Name="/errors/web", Value=f"{TOKENS['web']}\n", Type="SecureString")
    handler = started("error_releases", SETTINGS)
    for project, token in TOKENS.items():
        headers = {"Authorization": f"Bearer {token}"}
        made = handler(http_event("POST", "/api/0/organizations/junkos/releases/", headers, b'{"version": "a@1.0"}'))
        assert made["statusCode"] == 201
        shown = json.loads(made["body"])
        assert (shown["version"], shown["projects"][0]["slug"]) == ("a@1.0", project)


def test_event_without_target_is_passed_over(started):
    settings = deployments.Settings("production", TABLE, "release", ())
    assert started("deployment_record", settings)(ECS) == {"recorded": []}
