"""Deployments that sentry-cli records: of another environment, and of this one."""

import os
from unittest import mock

from moto import mock_aws

from tests.producers import Deployment
from tests.producers.error_digest import NOWHERE
from tests.releases import ORGANIZATION, Tracker

ONE = f"organizations/{ORGANIZATION}/releases/1.4.2"


def good(deployment: Deployment) -> None:
    _deploy(deployment, "another")


def worst(deployment: Deployment) -> None:
    _deploy(deployment, deployment.environment.name)


def _deploy(deployment: Deployment, environment: str) -> None:
    with mock.patch.dict(os.environ, NOWHERE), mock_aws():
        tracker = Tracker(environment=deployment.environment.name)
        tracker.answer("POST", f"organizations/{ORGANIZATION}/releases/", {"version": "1.4.2", "projects": ["api"]})
        tracker.answer("POST", f"{ONE}/deploys/", {"environment": environment})
