"""Errors as they are counted: the digest takes a batch, and one in which a client says what it dropped."""

import os
from unittest import mock

from moto import mock_aws

from lambdas.error_digest.settings import Settings
from tests.producers import Deployment
from tests.unit.lambdas.error_digest.situation import event, make_situation

MANY = 100
NOWHERE = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
"""For clients that reach nobody."""


def good(deployment: Deployment) -> None:
    _take(deployment, dropped={})


def worst(deployment: Deployment) -> None:
    _take(deployment, *(event() for _ in range(MANY)), dropped={"quota": MANY})


def _take(deployment: Deployment, *events: dict[str, object], dropped: dict[str, int]) -> None:
    settings = Settings.from_environment(deployment.variables["error_digest"])
    with mock.patch.dict(os.environ, NOWHERE), mock_aws():
        situation = make_situation(environment=settings.environment, clients_send=settings.clients_send)
        situation.take(*events, dropped=dropped)
