"""A project in git, the function behind an HTTP front, and sentry-cli in both major versions."""

import pytest
from moto import mock_aws

from tests.integration.errors import sentry_cli
from tests.integration.errors.front import front
from tests.releases import Tracker


@pytest.fixture
def tracker():
    with mock_aws():
        yield Tracker()


@pytest.fixture
def releases_front(tracker):
    with front({"/api/0/": tracker}) as here:
        yield here


@pytest.fixture(params=sentry_cli.VERSIONS)
def cli(request, releases_front, repository):
    """Runs sentry-cli in the repository and returns all that it wrote."""

    def run(*arguments, fails=False, **others):
        environment = sentry_cli.environment_of(releases_front.url, **others)
        return sentry_cli.run(repository, sentry_cli.program(request.param), *arguments, fails=fails, **environment)

    return run


@pytest.fixture
def repository(tmp_path):
    """A git repository of two commits."""
    folder = tmp_path / "repository"
    sentry_cli.git(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
    sentry_cli.commit(folder, "src/payments.ts", "export const rate = 2;\n", "Add payments")
    sentry_cli.commit(folder, "src/orders.ts", "export const open = 1;\n", "Add orders")
    return folder
