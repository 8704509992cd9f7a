"""What every test may lean on: no AWS but what it starts itself, and the layers' packages importable."""

import shutil
import sys

import pytest

from emulator import environment
from layers.build import import_path

# Functions import their third-party packages from layers; the very layers that are deployed are what is tested.
for layer in ("postgres_client", "postgresql_tools", "postgresql_servers"):
    sys.path.append(str(import_path(layer)))

environment.ignore_caller()


@pytest.fixture(autouse=True)
def no_account(monkeypatch):
    """A client made by mistake must not reach anybody's account."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    if aws := sys.modules.get("lambdas.shared.aws"):
        aws.session.cache_clear()  # one made before moto was imported would reach past it


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Remove what a fixture has put into a folder of its own when it ends, be it its scope's last test or an error.

    Accounts and servers would leave many gigabytes otherwise.  Where a test failed meanwhile the folder stays, to be
    looked at; the next run removes it.
    """
    if "tmp_path_factory" not in fixturedef.argnames:
        return (yield)
    base, session = request.getfixturevalue("tmp_path_factory").getbasetemp(), request.session
    before, failed_before = set(base.iterdir()), session.testsfailed
    made = []

    def remove():
        if session.testsfailed == failed_before:
            for folder in made:
                shutil.rmtree(folder, ignore_errors=True)

    fixturedef.addfinalizer(remove)  # before the fixture's own end is registered, hence after it
    try:
        return (yield)
    finally:
        made += set(base.iterdir()) - before
