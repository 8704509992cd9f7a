"""What every test may lean on: no AWS but what it starts itself, and the layers' packages importable."""

import sys
from functools import cache

import botocore.session
import pytest

from emulator import environment
from layers.build import import_path

pytest_plugins = ("tests.leftovers",)

# Functions import their third-party packages from layers; the very layers that are deployed are what is tested.
for layer in ("postgres_client", "postgresql_tools", "postgresql_servers"):
    sys.path.append(str(import_path(layer)))

environment.ignore_caller()

# botocore reads AWS's descriptions of its services, two thirds of what a client costs, once and not for each session.
botocore.session.create_loader = cache(botocore.session.create_loader)


@pytest.fixture(autouse=True)
def no_account(monkeypatch):
    """A client made by mistake must not reach anybody's account."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    if aws := sys.modules.get("lambdas.shared.aws"):
        aws.session.cache_clear()  # one made before moto was imported would reach past it
