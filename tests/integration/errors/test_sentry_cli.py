"""The unmodified sentry-cli, in both major versions, against the function behind an HTTP front."""

import pytest

from tests.integration.errors.sentry_cli import commit
from tests.releases import ORGANIZATION, TOKENS


def test_info_shows_the_token_works(cli):
    assert "project:releases" in cli("info")


def test_projects_and_repositories_are_listed(cli):
    """A token sees its project; there is no repository, so that commits come from the local git."""
    assert "api" in cli("projects", "list")
    assert "No repos found" in cli("repos", "list")


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
