"""Webhooks of PagerDuty."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from lambdas.shared.incidents.table import Change
from lambdas.shared.pagerduty import KEY_LENGTH, deduplication_key
from lambdas.vocabulary.incidents import Answer, State, Subject, Way
from lambdas.vocabulary.levels import Level
from tests.unit.lambdas.incident_answer.situation import ALARM, NOW, PAGERDUTY_SECRET, ago, incident

USER = {
    "html_url": "https://acme.pagerduty.com/users/PLH1HKV",
    "id": "PLH1HKV",
    "self": "https://api.pagerduty.com/users/PLH1HKV",
    "summary": "Tenex Engineer",
    "type": "user_reference",
}


def webhook(kind="incident.acknowledged", *, key=ALARM, user="Tenex Engineer", **fields):
    """As its documentation shows them, with what is read here."""
    return {
        "event": {
            "id": "5ac64822-4adc-4fda-ade0-410becf0de4f",
            "event_type": kind,
            "resource_type": "incident",
            "occurred_at": "2026-11-27T21:29:22.169Z",
            "agent": {**USER, "summary": user},
            "client": {"name": "PagerDuty"},
            "data": {"id": "PGR0VU2", "type": "incident", "number": 2, "status": "acknowledged", "incident_key": key},
            **fields,
        }
    }


def signature(body, secret=PAGERDUTY_SECRET):
    return f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def send(situation, sent, signed=None, **headers):
    body = json.dumps(sent).encode()
    given = {"X-PagerDuty-Signature": signed or signature(body), "X-Webhook-Id": "w1", **headers}
    return situation.ask("POST", "/pagerduty", body=body, headers=given)["statusCode"]


def test_acknowledgement_takes_the_incident(situation):
    assert send(situation, webhook()) == 200
    (reply,) = situation.deciding.replies
    assert (reply.incident, reply.answer, reply.via) == (12, Answer.TAKE, Way.PAGERDUTY)
    assert reply.by == "Tenex Engineer"
    assert reply.at.isoformat() == "2026-11-27T21:29:22.169000+00:00"


def test_resolution_resolves_the_incident(situation):
    send(situation, webhook("incident.resolved"))
    assert [reply.answer for reply in situation.deciding.replies] == [Answer.RESOLVE]


@pytest.mark.parametrize(("user", "by"), [("Ana", "ana"), ("ben@example.com", "ben"), ("Anna Smith", "Anna Smith")])
def test_user_is_a_person_of_the_rota(situation, user, by):
    send(situation, webhook(user=user))
    assert situation.deciding.replies[0].by == by


@pytest.mark.parametrize(
    "agent",
    [None, {"type": "inbound_integration_reference", "summary": "JunkOS"}, {"type": "service_reference"}, {}, "text"],
)
def test_our_own_acknowledgement_does_not_echo(situation, agent):
    """What has an agent that is no user came from a system, ours above all."""
    assert send(situation, webhook(agent=agent)) == 200
    assert situation.deciding.replies == []


def test_repeated_delivery_has_same_nonce(situation):
    """By the event, which is signed: the header could be changed."""
    send(situation, webhook())
    send(situation, webhook(), **{"X-Webhook-Id": "w2"})
    send(situation, webhook(id="another"))
    first, second, third = (reply.nonce for reply in situation.deciding.replies)
    assert first == second != third


def test_one_of_several_signatures_is_enough(situation):
    """While its secret is replaced."""
    body = json.dumps(webhook()).encode()
    assert send(situation, webhook(), f"{signature(body, 'old')},{signature(body)}") == 200
    assert send(situation, webhook(), f"{signature(body, 'old')}, {signature(body)}") == 200
    assert len(situation.deciding.replies) == 2


@pytest.mark.parametrize("signed", ["v1=", "v1=00", "v0=00", ",", "é", signature(b"other"), signature(b"{}", "other")])
def test_other_signature_is_not_found(situation, signed):
    assert send(situation, webhook(), signed) == 404
    assert situation.deciding.replies == []


@pytest.mark.parametrize(
    "sent",
    [
        {"event": {"id": "1", "event_type": "pagey.ping", "resource_type": "pagey", "agent": None, "data": {}}},
        webhook("incident.annotated"),
        webhook("incident.triggered"),
        webhook(key=None),
        webhook(key="of another system"),
        webhook(occurred_at="yesterday"),
        webhook(occurred_at="2026-11-27T21:29:22"),
        webhook(occurred_at="2026-11-20T21:29:22Z"),
        webhook(id=5),
        webhook(data=None),
        {},
        [],
        None,
    ],
)
def test_what_is_no_answer_is_accepted(situation, sent):
    """Anything else than 2xx would have PagerDuty switch the subscription off."""
    assert send(situation, sent) == 200
    assert situation.deciding.replies == []


def test_clock_ahead_of_ours_is_now(situation):
    send(situation, webhook(occurred_at="2026-11-27T21:32:00Z"))
    assert situation.deciding.replies[0].at == NOW


def test_long_key_is_found_by_its_digest(situation):
    long = "k" * (KEY_LENGTH + 1)
    subject = Subject("l", Level.HIGH, ago(hours=1), ago(hours=1), notice_key=long)
    situation.put(incident(13, subjects=(subject,)))
    send(situation, webhook(key=deduplication_key(long)))
    assert [reply.incident for reply in situation.deciding.replies] == [13]


def test_subject_without_key_is_nobodys(situation):
    situation.put(incident(13, subjects=(Subject("l", Level.HIGH, NOW, NOW),)))
    send(situation, webhook(key=""))
    assert situation.deciding.replies == []


def test_closed_incident_is_passed_over(situation):
    before = situation.table.incident(12)
    closed = replace(before, state=State.CLOSED, closed_at=NOW, version=before.version + 1)
    situation.table.store(Change(closed))
    send(situation, webhook())
    assert situation.deciding.replies == []


def test_failure_has_it_sent_again(situation):
    situation.deciding.error = TimeoutError("read")
    assert send(situation, webhook()) == 503


def test_webhook_may_be_late(situation):
    """PagerDuty tries for two days."""
    situation.now = NOW + timedelta(days=2)
    send(situation, webhook())
    assert len(situation.deciding.replies) == 1


def test_without_secret_there_is_no_route(situation):
    situation.site = replace(situation.site, pagerduty_secret=None)
    assert send(situation, webhook()) == 404
