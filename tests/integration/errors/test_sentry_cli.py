"""The unmodified sentry-cli, in both major versions, against the function behind an HTTP front."""

import os
import subprocess
from pathlib import Path

import pytest
from moto import mock_aws

from emulator.account import NODE
from tests.integration.errors import front
from tests.releases import ORGANIZATION, TOKENS, Tracker

ROOT = Path(__file__).parents[3]
VERSIONS = ("2", "3")


def environment_of(url, **others):
    """What a pipeline sets."""
    return {
        "PATH": f"{NODE}:{os.environ['PATH']}",
        "HOME": "/nonexistent",
        "SENTRY_URL": url,
        "SENTRY_ORG": ORGANIZATION,
        "SENTRY_PROJECT": "api",
        "SENTRY_AUTH_TOKEN": TOKENS["api"],
        **others,
    }


@pytest.fixture
def tracker():
    with mock_aws():
        yield Tracker()


@pytest.fixture
def served(tracker):
    with front.running(tracker) as running:
        yield running


@pytest.fixture(params=VERSIONS)
def cli(request, served, repository):
    """Runs sentry-cli in the repository and returns all that it wrote."""
    program = ROOT / f"node_modules/sentry-cli-{request.param}/bin/sentry-cli"

    def run(*arguments, fails=False, **others):
        done = subprocess.run(
            [program, *arguments],
            cwd=repository,
            env=environment_of(served.url, **others),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        written = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, written
        return written

    return run


@pytest.fixture
def repository(tmp_path):
    """A git repository of two commits."""
    folder = tmp_path / "repository"
    git(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
    commit(folder, "src/payments.ts", "export const rate = 2;\n", "Add payments")
    commit(folder, "src/orders.ts", "export const open = 1;\n", "Add orders")
    return folder


def commit(folder, path, text, message):
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", message)


def git(folder, *arguments):
    people = {"GIT_AUTHOR_NAME": "Anna", "GIT_AUTHOR_EMAIL": "anna@example.com"}
    committer = {"GIT_COMMITTER_NAME": "Anna", "GIT_COMMITTER_EMAIL": "anna@example.com"}
    environment = {**people, **committer, "PATH": os.environ["PATH"], "HOME": str(folder)}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def test_info_shows_the_token_works(cli):
    assert "project:releases" in cli("info")


def test_release_is_created_and_finalized(cli, tracker):
    version = cli("releases", "propose-version").strip()
    assert f"Created release {version}" in cli("releases", "new", version)
    assert tracker.table.release("api", version).released_at is None
    cli("releases", "finalize", version)
    assert tracker.table.release("api", version).released_at
    assert version in cli("releases", "list")
    assert version in cli("releases", "info", version)


@pytest.mark.parametrize("source", ["--auto", "--local"])
def test_commits_come_from_local_git(source, cli, tracker):
    """Changed paths are known without access to any server of git; the author's address is not kept."""
    cli("releases", "set-commits", "1.0", source)
    orders, payments = tracker.table.release("api", "1.0").commits
    assert (orders.message, orders.author, orders.paths) == ("Add orders", "Anna", ("src/orders.ts",))
    assert payments.paths == ("src/payments.ts",)


def test_next_release_has_new_commits(cli, tracker, repository):
    cli("releases", "set-commits", "1.0", "--local")
    commit(repository, "src/orders.ts", "export const open = 2;\n", "Open two orders")
    cli("releases", "set-commits", "1.1", "--auto")
    assert [each.message for each in tracker.table.release("api", "1.1").commits] == ["Open two orders"]


def test_deployments_are_recorded_and_listed(cli, tracker):
    cli("releases", "new", "1.0")
    cli("releases", "deploys", "1.0", "new", "-e", "staging")
    cli("deploys", "new", "--release", "1.0", "-e", "production", "-n", "blue", "-u", "https://ci.example.com/1")
    staging, production = tracker.table.release("api", "1.0").deployments
    assert (staging.environment, production.environment) == ("staging", "production")
    assert (production.name, production.url) == ("blue", "https://ci.example.com/1")
    assert "production" in cli("deploys", "list", "--release", "1.0")


def test_wrong_token_is_explained(cli):
    assert "Invalid token" in cli("releases", "new", "1.0", fails=True, SENTRY_AUTH_TOKEN="wrong")


def test_foreign_token_is_explained(cli, tracker):
    written = cli("releases", "new", "1.0", fails=True, SENTRY_AUTH_TOKEN=TOKENS["web"])
    assert "this token is of project 'web' alone" in written
    assert tracker.table.release("api", "1.0") is None


def test_unknown_organization_is_explained(cli):
    assert f"SENTRY_ORG is '{ORGANIZATION}'" in cli("releases", "new", "1.0", fails=True, SENTRY_ORG="acme")
