"""Buttons in Slack."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from lambdas.incident_answer.respond import respond
from lambdas.incident_answer.signatures import is_slacks
from lambdas.shared.delivery_errors import RetryError
from lambdas.vocabulary.incidents import Answer, Way
from tests.unit.lambdas.incident_answer.situation import NOW, SLACK_SECRET, event

RESPONSE_URL = "https://hooks.slack.com/actions/T0/1/abc"


def payload(token, action="take", **fields):
    return {
        "type": "block_actions",
        "user": {"id": "U0ANA", "username": "ana", "team_id": "T0"},
        "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
        "response_url": RESPONSE_URL,
        "actions": [{"type": "button", "block_id": "b", "action_id": action, "value": token, "action_ts": "1.2"}],
        **fields,
    }


def form(sent):
    return urlencode({"payload": json.dumps(sent)}).encode()


def headers(body, secret=SLACK_SECRET, at=NOW):
    written = str(int(at.timestamp()))
    signature = hmac.new(secret.encode(), f"v0:{written}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": written, "X-Slack-Signature": f"v0={signature}"}


def press(situation, sent, **signed):
    body = form(sent)
    return situation.ask("POST", "/slack", body=body, headers=headers(body, **signed))


def said(situation):
    (request,) = situation.said
    assert request.url == RESPONSE_URL
    message = json.loads(request.body)
    assert message["response_type"] == "ephemeral"
    assert message["replace_original"] is False
    return message["text"]


def test_signature_is_as_slack_documents_it():
    """The example of its documentation."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    given = {
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    at = NOW.fromtimestamp(1531420618 + 60, NOW.tzinfo)
    assert is_slacks(SLACK_SECRET, given, body, at)
    assert not is_slacks(SLACK_SECRET, given, body, at + timedelta(minutes=5))
    assert not is_slacks(SLACK_SECRET, given, body + b"&", at)


@pytest.mark.parametrize(("action", "minutes"), [("take", 0), ("snooze", 30), ("cannot", 0)])
def test_button_is_passed_on(situation, action, minutes):
    assert press(situation, payload(situation.link(person=""), action))["statusCode"] == 200
    (reply,) = situation.deciding.replies
    assert (reply.answer, reply.minutes, reply.incident) == (Answer(action), minutes, 12)
    assert (reply.by, reply.via) == ("ana", Way.SLACK)
    assert said(situation) == "Incident 12: you have it"


def test_body_that_is_no_base64_is_read(situation):
    body = form(payload(situation.link()))
    given = event("POST", "/slack", body=body, headers=headers(body), encoded=False)
    assert respond(given, situation.site)["statusCode"] == 200
    assert len(situation.deciding.replies) == 1


def test_repeated_press_has_same_nonce(situation):
    token = situation.link(person="")
    for trigger in ("1.1", "1.1", "2.2"):
        press(situation, payload(token, trigger_id=trigger))
    first, second, third = (reply.nonce for reply in situation.deciding.replies)
    assert first == second != third
    assert "1.1" not in first


def test_stranger_reads_why_nothing_was_done(situation):
    press(situation, payload(situation.link(person="ana"), user={"id": "U0STRANGER"}))
    assert situation.deciding.replies == []
    assert said(situation).startswith("Nobody of the on-call rota has your Slack member ID")


def test_person_without_member_id_is_nobody(situation):
    press(situation, payload(situation.link(person=""), user={"id": ""}))
    assert situation.deciding.replies == []


@pytest.mark.parametrize(
    "signed",
    [{"secret": "other"}, {"at": NOW - timedelta(minutes=6)}, {"at": NOW + timedelta(minutes=6)}],
)
def test_other_signature_is_not_found(situation, signed):
    assert press(situation, payload(situation.link()), **signed)["statusCode"] == 404
    assert situation.deciding.replies == situation.said == []


@pytest.mark.parametrize("written", ["", "abc", "-5", "9" * 40, "١٢٣"])
def test_malformed_time_is_not_found(situation, written):
    body = form(payload(situation.link()))
    given = {**headers(body), "X-Slack-Request-Timestamp": written}
    assert situation.ask("POST", "/slack", body=body, headers=given)["statusCode"] == 404


def test_expired_and_forged_buttons_are_explained(situation):
    expired = situation.link(expires_at=NOW)
    press(situation, payload(expired))
    assert said(situation).startswith("This button has expired.")
    situation.said.clear()
    press(situation, payload(f"{expired[:-1]}!"))
    assert said(situation).startswith("This button is not of this system")
    assert situation.deciding.replies == []


@pytest.mark.parametrize(
    "sent",
    [
        {"type": "view_submission"},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [{"action_id": "open-runbook", "url": "https://example.com"}]},
        {"type": "block_actions", "actions": [{"action_id": "resolve", "value": "x"}]},
        {"type": "block_actions", "actions": [{"action_id": "take", "value": 5}], "user": {"id": "U0ANA"}},
        [],
        "text",
        None,
    ],
)
def test_what_is_no_button_is_accepted(situation, sent):
    """A button that is a link calls an app, too; Slack shows a warning where it is not accepted."""
    assert press(situation, sent)["statusCode"] == 200
    assert situation.deciding.replies == situation.said == []


def test_late_decision_is_said(situation):
    situation.deciding.error = TimeoutError("read")
    assert press(situation, payload(situation.link()))["statusCode"] == 200
    assert "no answer in time" in said(situation)


def test_only_slack_is_written_to(situation):
    press(situation, payload(situation.link(), response_url="https://example.com/steal"))
    assert len(situation.deciding.replies) == 1
    assert situation.said == []


def test_unsaid_outcome_is_no_failure(situation):
    def refuse(request):
        raise RetryError("answered 500")

    situation.site = replace(situation.site, post=refuse)
    assert press(situation, payload(situation.link()))["statusCode"] == 200


def test_without_secret_there_is_no_route(situation):
    situation.site = replace(situation.site, slack_secret=None)
    assert press(situation, payload(situation.link()))["statusCode"] == 404
