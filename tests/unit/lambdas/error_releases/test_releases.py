from datetime import UTC, datetime

import pytest

from lambdas.error_releases import commits
from tests.producers import emitted

ORGANIZATION, PROJECT = "organizations/junkos/releases/", "projects/junkos/api/releases/"
COMMIT = {
    "id": "103ba6a96a28fc34896a32807bc2d8025989028d",
    "message": "Add payments\n\nFor anna@example.com\n",
    "author_name": "Anna",
    "author_email": "anna@example.com",
    "timestamp": "2026-11-27T18:07:32+01:00",
    "patch_set": [{"path": "src/payments.ts", "type": "A"}],
}


def commits_kept(tracker, *written, version="1.0"):
    status, said = tracker.answer("POST", ORGANIZATION, {"version": version, "commits": list(written)})
    assert status == 201, said
    return tracker.table.release("api", version).commits


@pytest.mark.parametrize("base", [ORGANIZATION, PROJECT])
def test_release_is_made_once(base, tracker):
    assert tracker.answer("POST", base, {"version": "1.0", "projects": ["api"]})[0] == 201
    created = tracker.table.release("api", "1.0").created_at
    status, said = tracker.answer("POST", base, {"version": "1.0"})
    assert (status, said["version"], said["projects"]) == (208, "1.0", [{"slug": "api", "name": "api"}])
    assert tracker.table.release("api", "1.0").created_at == created


@pytest.mark.parametrize("base", [ORGANIZATION, PROJECT])
def test_release_is_finalized(base, tracker):
    tracker.answer("POST", base, {"version": "1.0"})
    said = tracker.answer("PUT", f"{base}1.0/", {"dateReleased": "2026-11-27T18:07:32.759679395Z"})[1]
    assert said["dateReleased"] == "2026-11-27T18:07:32.759679Z"
    assert tracker.answer("GET", f"{base}1.0/")[1] == said


def test_encoded_version_is_decoded(tracker):
    tracker.answer("POST", ORGANIZATION, {"version": "api@1.0+b 1"})
    assert tracker.answer("GET", f"{ORGANIZATION}api%401.0%2Bb%201/")[0] == 200


def test_releases_are_listed_newest_first(tracker):
    for version in ("1.0", "1.1"):
        tracker.answer("POST", ORGANIZATION, {"version": version})
    assert [each["version"] for each in tracker.answer("GET", ORGANIZATION)[1]] == ["1.1", "1.0"]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_unknown_release_is_not_found(method, tracker):
    status, said = tracker.answer(method, f"{ORGANIZATION}9/", {})
    assert (status, said["detail"]) == (404, "release '9' is not known (create it: releases new)")


@pytest.mark.parametrize("version", [None, "", "a/b", "..", "latest", "x" * 201])
def test_bad_version_is_refused(version, tracker):
    status, said = tracker.answer("POST", ORGANIZATION, {"version": version})
    assert status == 400
    assert said["detail"].startswith("version: ")


def test_commit_is_kept_without_address(tracker):
    (kept,) = commits_kept(tracker, COMMIT)
    assert (kept.id, kept.message, kept.author) == (COMMIT["id"], "Add payments", "Anna")
    assert kept.at == datetime(2026, 11, 27, 17, 7, 32, tzinfo=UTC)
    assert kept.paths == ("src/payments.ts",)


def test_commit_needs_its_id_alone(tracker):
    (kept,) = commits_kept(tracker, {"id": "1"})
    assert (kept.message, kept.author, kept.at, kept.paths) == ("", "", None, ())


@pytest.mark.parametrize(
    "hostile",
    [
        {},
        {"id": ""},
        {"id": "x" * 65},
        {"id": "1", "message": 1},
        {"id": "1", "timestamp": "yesterday"},
        {"id": "1", "timestamp": "0001-01-01T00:00:00+14:00"},
        {"id": "1", "patch_set": "x"},
        {"id": "1", "patch_set": [{"path": 1}]},
        {"id": "1", "patch_set": [{}]},
        "commit",
    ],
)
def test_malformed_commit_is_refused(hostile, tracker):
    assert tracker.answer("POST", ORGANIZATION, {"version": "1.0", "commits": [hostile]})[0] == 400
    assert tracker.table.release("api", "1.0") is None


def test_too_many_commits_are_refused(tracker):
    many = [{"id": "1"}] * (commits.MOST + 1)
    assert tracker.answer("POST", ORGANIZATION, {"version": "1.0", "commits": many})[0] == 400


def test_newest_commits_fit(tracker):
    """A release is one record of the table; the oldest commits are left out."""
    paths = [{"path": "x" * 300}] * 400
    kept = commits_kept(tracker, *({"id": str(number), "patch_set": paths} for number in range(5)))
    assert [each.id for each in kept] == ["0"]


def test_commit_of_everything_has_no_paths(tracker):
    (kept,) = commits_kept(tracker, {"id": "1", "patch_set": [{"path": f"{number}"} for number in range(501)]})
    assert kept.paths == ()


def test_control_characters_are_not_kept(tracker):
    (kept,) = commits_kept(tracker, {"id": "1", "message": "a\x1b[31mb\ud800", "author_name": "A\nB"})
    assert (kept.message, kept.author) == ("a [31mb?", "A B")


def test_previous_release_has_the_commit(tracker):
    commits_kept(tracker, COMMIT)
    tracker.answer("POST", ORGANIZATION, {"version": "1.1"})
    said = tracker.answer("GET", f"{ORGANIZATION}1.1/previous-with-commits/")[1]
    assert (said["version"], said["lastCommit"]["id"]) == ("1.0", COMMIT["id"])
    assert tracker.answer("GET", f"{ORGANIZATION}1.0/previous-with-commits/") == (200, {})


def test_later_release_is_no_previous(tracker):
    tracker.answer("POST", ORGANIZATION, {"version": "1.0"})
    commits_kept(tracker, COMMIT, version="1.1")
    assert tracker.answer("GET", f"{ORGANIZATION}1.0/previous-with-commits/") == (200, {})


@pytest.mark.parametrize("document", [{"status": "archived"}, {"refs": [{"repository": "a", "commit": "1"}]}])
def test_what_is_not_offered_is_explained(document, tracker):
    status, said = tracker.answer("POST", ORGANIZATION, {"version": "1.0", **document})
    assert (status, list(said)) == (400, ["detail"])


def test_deployments_are_listed_newest_first(tracker):
    tracker.answer("POST", ORGANIZATION, {"version": "1.0"})
    for environment in ("staging", "production"):
        said = tracker.answer("POST", f"{ORGANIZATION}1.0/deploys/", {"environment": environment, "name": None})
        assert said[0] == 201
    found = tracker.answer("GET", f"{ORGANIZATION}1.0/deploys/")[1]
    assert [(each["id"], each["environment"]) for each in found] == [("2", "production"), ("1", "staging")]


@pytest.mark.parametrize(("environment", "marks"), [("prod", 1), ("staging", 0)])
def test_own_deployment_is_a_mark(tracker, environment, marks):
    tracker.answer("POST", ORGANIZATION, {"version": "1.0"})
    deployed = emitted(lambda: tracker.answer("POST", f"{ORGANIZATION}1.0/deploys/", {"environment": environment}))
    assert [(each.metric, each.value) for each in deployed] == [("deployments", 1)] * marks


@pytest.mark.parametrize(
    "hostile",
    [
        {},
        {"environment": ""},
        {"environment": "a/b"},
        {"environment": "x" * 65},
        {"environment": "p", "url": "javascript:alert(1)"},
        {"environment": "p", "name": 1},
        {"environment": "p", "dateFinished": 1},
    ],
)
def test_malformed_deployment_is_refused(hostile, tracker):
    tracker.answer("POST", ORGANIZATION, {"version": "1.0"})
    assert tracker.answer("POST", f"{ORGANIZATION}1.0/deploys/", hostile)[0] == 400
    assert tracker.table.release("api", "1.0").deployments == ()


def test_deployment_of_unknown_release(tracker):
    assert tracker.answer("POST", f"{ORGANIZATION}9/deploys/", {"environment": "p"})[0] == 404
