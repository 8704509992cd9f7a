"""What is refused before any endpoint is asked."""

import json

import pytest

from tests.releases import TOKENS, http_event

RELEASES = "organizations/junkos/releases/"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({}, "Authentication credentials were not provided."),
        ({"Authorization": TOKENS["api"]}, "Authentication credentials were not provided."),
        ({"Authorization": f"Basic {TOKENS['api']}"}, "Authentication credentials were not provided."),
        (bearer("wrong"), "Invalid token"),
        (bearer(""), "Invalid token"),
        (bearer(TOKENS["api"][:-1]), "Invalid token"),
        (bearer("tökén"), "Invalid token"),
    ],
)
def test_missing_or_wrong_token(headers, detail, tracker):
    assert tracker.answer("GET", RELEASES, headers=headers) == (401, {"detail": detail})


def test_short_token_is_none(tracker):
    """A secret that nobody filled in lets nobody in."""
    for token in ("", "changeme"):
        tracker.tokens["api"] = token
        assert tracker.answer("GET", "", headers=bearer(token))[0] == 401


def test_unreadable_token_leaves_others(tracker):
    del tracker.tokens["api"]
    assert tracker.answer("GET", "", project="web")[0] == 200
    assert tracker.answer("GET", "", project="api")[0] == 401


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("GET", "projects/junkos/web/releases/", None),
        ("POST", "projects/junkos/web/releases/", {"version": "1"}),
        ("POST", RELEASES, {"version": "1", "projects": ["web"]}),
        ("POST", RELEASES, {"version": "1", "projects": ["api", "web"]}),
        ("POST", RELEASES, {"version": "1", "projects": [["api"]]}),
        ("POST", "organizations/junkos/artifactbundle/assemble/", {"projects": ["web"]}),
    ],
)
def test_token_of_another_project(method, path, document, tracker):
    status, said = tracker.answer(method, path, document)
    assert (status, said["detail"]) == (403, "this token is of project 'api' alone (is SENTRY_PROJECT right?)")


def test_project_reads_none_but_its_own(tracker):
    tracker.answer("POST", RELEASES, {"version": "1", "projects": ["web"]}, project="web")
    assert tracker.answer("GET", RELEASES, project="api") == (200, [])
    assert tracker.answer("GET", f"{RELEASES}1/", project="api")[0] == 404


def test_unknown_organization_is_named(tracker):
    status, said = tracker.answer("GET", "organizations/acme/releases/")
    assert (status, said["detail"]) == (403, "there is no such organization (SENTRY_ORG is 'junkos')")


@pytest.mark.parametrize("path", ["nothing", "organizations/junkos/issues/", f"{RELEASES}1/files/", "%2e%2e/"])
def test_unknown_endpoint_is_not_found(path, tracker):
    assert tracker.answer("GET", path)[0] == 404


def test_other_method_is_not_allowed(tracker):
    status, said = tracker.answer("DELETE", f"{RELEASES}1/")
    assert (status, said["detail"]) == (405, "DELETE is not offered here (GET, PUT are)")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "the body is not JSON"),
        (b"\xff", "the body is not JSON"),
        (b"[" * 100_000, "the body is not JSON"),
        (b"1" * 5000, "the body is not JSON"),
        (b"[]", "the body is not a JSON object"),
        (b'{"projects": "api"}', "projects: no list"),
    ],
)
def test_bad_body_has_one_reason(body, detail, tracker):
    assert tracker.answer("POST", RELEASES, body=body) == (400, {"detail": detail})


def test_large_body_is_refused(tracker):
    assert tracker.answer("POST", RELEASES, body=b" " * (6 * 1024**2 + 1))[0] == 413


def test_bodies_come_as_text_too(tracker):
    """An HTTP API hands JSON over as it is, and other types in base64."""
    event = http_event("POST", f"/api/0/{RELEASES}", bearer(TOKENS["api"]))
    event |= {"body": '{"version": "1"}', "isBase64Encoded": False}
    assert tracker(event)["statusCode"] == 201
    assert tracker(event | {"body": "%%%", "isBase64Encoded": True})["statusCode"] == 400


def test_stage_may_stand_before(tracker):
    event = http_event("GET", "/production/api/0/", bearer(TOKENS["api"]))
    assert json.loads(tracker(event)["body"])["version"] == "0"
    assert tracker(http_event("GET", "/other", bearer(TOKENS["api"])))["statusCode"] == 404


def test_answers_are_not_kept_by_caches(tracker):
    headers = tracker(http_event("GET", "/api/0/", bearer(TOKENS["api"])))["headers"]
    assert headers == {"content-type": "application/json", "cache-control": "no-store"}
