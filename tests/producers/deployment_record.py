"""Deployments that AWS reports: one of another stack, and one of a stack that the settings name."""

import os
from types import SimpleNamespace
from unittest import mock

from moto import mock_aws

from lambdas.deployment_record.record import record
from lambdas.deployment_record.settings import DeployedBy, Settings, Target
from tests.producers import Deployment
from tests.producers.error_digest import NOWHERE
from tests.releases import Clock, error_table
from tests.unit.lambdas.deployment_record.events import CLOUDFORMATION

TAGGED = {"Stacks": [{"Tags": [{"Key": "release", "Value": "1.4.2"}]}]}


def good(deployment: Deployment) -> None:
    _report(deployment, "another")


def worst(deployment: Deployment) -> None:
    _report(deployment, "teststack")


def _report(deployment: Deployment, stack: str) -> None:
    target = Target(DeployedBy.CLOUDFORMATION, stack, "api")
    variables = deployment.variables["deployment_record"]
    settings = Settings(variables["ENVIRONMENT"], "errors", "release", (target.to_json(),))
    with mock.patch.dict(os.environ, NOWHERE), mock_aws():
        aws = SimpleNamespace(describe_stacks=lambda **_: TAGGED)
        record(CLOUDFORMATION, settings, error_table(Clock()), lambda _service: aws)
