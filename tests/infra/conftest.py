"""The synthesized templates, as they would be deployed."""

import tempfile
from functools import cache

import aws_cdk
import pytest

from cost.templates import Templates
from demo.pictures.production import production_with_on_call
from stacks.application import compose, new_app
from stacks.settings import load

ENVIRONMENTS = ("prod", "staging", "local")
WITH_ON_CALL = "prod, with on-call"
"""Production with people on call, whom its own file does not name."""
_DIRECTORY = tempfile.TemporaryDirectory()


@cache
def synthesized(name: str) -> aws_cdk.cx_api.CloudAssembly:
    app = new_app(f"{_DIRECTORY.name}/{name}")
    compose(app, production_with_on_call() if name == WITH_ON_CALL else load(name))
    return app.synth()


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def assembly(request):
    """One environment's cloud assembly; a test that takes it runs for every environment."""
    return synthesized(request.param)


@pytest.fixture(scope="session")
def resources(assembly):
    """Every resource of the environment, by stack and logical id."""
    return resources_of(assembly)


def resources_of(assembly) -> dict[tuple[str, str], dict]:
    return {
        (stack, logical_id): resource
        for stack, document in Templates.in_assembly(assembly).documents.items()
        for logical_id, resource in document["Resources"].items()
    }


def of_type(resources: dict, kind: str) -> dict[tuple[str, str], dict]:
    """The properties of all resources of one CloudFormation type."""
    return {key: one.get("Properties", {}) for key, one in resources.items() if one["Type"] == kind}
