"""What is answered to whom, and that looking changes nothing."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.incident_answer.respond import respond
from lambdas.shared.incidents.keys import replace_calendar_key
from lambdas.shared.incidents.links import Purpose
from tests.unit.lambdas.incident_answer.situation import BUCKET, NOW, event

ROUTES = ("/a/", "/r/", "/calendar/", "/slack", "/pagerduty", "/", "/a", "/x/")
LOOKING = ("GET", "HEAD")


def is_bare_404(answer):
    return answer["statusCode"] == 404 and answer["body"] == "" and "Content-Type" not in answer["headers"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_unsigned_is_not_found(situation, method):
    for route in ROUTES:
        token = "A" * 32 if route.endswith("/") else ""
        assert is_bare_404(situation.ask(method, f"{route}{token}", body=b"answer=take&nonce=x"))
    assert situation.deciding.replies == []


def test_signed_link_to_no_incident_is_not_found(situation):
    assert is_bare_404(situation.ask("GET", f"/a/{situation.link(99)}"))


def test_nothing_is_found_before_the_first_key(situation):
    token = situation.link()
    for identifier in ("2026-11-27", "calendar"):
        situation.table.delete("key", identifier)
    assert is_bare_404(situation.ask("GET", f"/a/{token}"))
    assert is_bare_404(situation.ask("POST", f"/a/{token}", body=b"answer=take"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(LOOKING),
    purpose=st.sampled_from([Purpose.ANSWER, Purpose.REVIEW, Purpose.CALENDAR]),
    route=st.sampled_from(["a", "r", "calendar", "slack", "pagerduty"]),
    person=st.sampled_from(["", "ana", "mallory"]),
    age=st.integers(-10, 10),
    query=st.dictionaries(st.sampled_from(["answer", "nonce", "person", "result"]), st.sampled_from(["take", "ana"])),
    body=st.sampled_from([b"", b"answer=take"]),
)
def test_looking_never_changes_anything(situation, *, method, purpose, route, person, age, query, body):
    before = situation.records()
    token = situation.link(12, person, NOW + timedelta(days=age, seconds=1), purpose)
    answer = situation.ask(method, f"/{route}/{token}", query=query, body=body)
    assert answer["statusCode"] in (200, 404, 410)
    assert situation.records() == before
    assert situation.deciding.replies == situation.said == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), body=st.binary(max_size=200), path=st.text(max_size=40))
def test_nothing_forged_is_passed_on(situation, data, body, path):
    token = situation.link()
    place = data.draw(st.integers(0, len(token) - 1))
    forged = f"{token[:place]}{'A' if token[place] != 'A' else 'B'}{token[place + 1 :]}"
    for address in (f"/a/{forged}", f"/{path}", "/slack", "/pagerduty"):
        assert is_bare_404(situation.ask("POST", address, body=body))
    assert situation.deciding.replies == situation.said == []


def test_head_is_get_without_body(situation):
    path = f"/a/{situation.link()}"
    got, looked = situation.ask("GET", path), situation.ask("HEAD", path)
    assert looked["body"] == ""
    assert (looked["statusCode"], looked["headers"]) == (got["statusCode"], got["headers"])


@pytest.mark.parametrize("body", ["no base64!", "A" * 400_000])
def test_unreadable_body_is_not_found(situation, body):
    given = {**event("POST", f"/a/{situation.link()}"), "body": body}
    assert is_bare_404(respond(given, situation.site))


def test_review_is_shown(situation):
    situation.s3.put_object(Bucket=BUCKET, Key="reviews/12/review.html", Body="<h1>Réview 12</h1>".encode())
    answer = situation.ask("GET", f"/r/{situation.link(purpose=Purpose.REVIEW)}")
    assert (answer["statusCode"], answer["body"]) == (200, "<h1>Réview 12</h1>")
    assert "form-action 'none'" in answer["headers"]["Content-Security-Policy"]


@pytest.mark.parametrize(
    "link",
    [
        {"number": 13, "purpose": Purpose.REVIEW},
        {"purpose": Purpose.ANSWER},
        {"purpose": Purpose.REVIEW, "expires_at": NOW},
    ],
)
def test_review_needs_a_link_of_its_own(situation, link):
    situation.s3.put_object(Bucket=BUCKET, Key="reviews/12/review.html", Body=b"<h1>Review</h1>")
    assert is_bare_404(situation.ask("GET", f"/r/{situation.link(**link)}"))


def test_calendar_of_all_and_of_one(situation):
    for person, summary in (("", "cem (backup: ana)"), ("cem", "On call: JunkOS prod")):
        answer = situation.ask("GET", f"/calendar/{situation.link(0, person, None, Purpose.CALENDAR)}")
        assert answer["headers"]["Content-Type"].startswith("text/calendar")
        assert f"SUMMARY:{summary}" in answer["body"]


def test_calendar_of_somebody_who_left_is_gone(situation):
    assert is_bare_404(situation.ask("GET", f"/calendar/{situation.link(0, 'dora', None, Purpose.CALENDAR)}"))


def test_revoked_calendar_is_gone(situation):
    path = f"/calendar/{situation.link(0, 'ana', None, Purpose.CALENDAR)}"
    answering = f"/a/{situation.link()}"
    assert situation.ask("GET", path)["statusCode"] == 200
    replace_calendar_key(situation.table)
    assert is_bare_404(situation.ask("GET", path))
    assert situation.ask("GET", answering)["statusCode"] == 200
