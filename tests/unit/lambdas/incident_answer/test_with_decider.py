"""Answers together with what decides about them, by one table."""

import io
import json
from dataclasses import replace
from datetime import time

import pytest

from lambdas.incident.change import Incidents
from lambdas.incident.rules import Rules
from lambdas.incident.take_reply import take_reply
from lambdas.incident_answer.pass_on import Decider
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.incidents import Reply, State, Way
from tests.unit.lambdas.incident_answer import test_pagerduty, test_slack
from tests.unit.lambdas.incident_answer.situation import ROTA
from tests.unit.lambdas.incident_answer.test_page import fields_of, get, press, said_after


class Deciding:
    """Lambda, with the function that decides behind it."""

    def __init__(self, situation):
        self.incidents = Incidents(situation.table, ROTA, ROTA.people, Rules(), lambda: situation.now)

    def invoke(self, *, FunctionName, Payload):  # noqa: N803 - as the client names them
        reply = decode(Reply, json.loads(Payload)["reply"])
        return {"Payload": io.BytesIO(json.dumps(take_reply(self.incidents, reply, time(8)).as_dict()).encode())}


@pytest.fixture
def deciding(situation):
    decider = Decider(Deciding(situation), "junkos-prod-incident")
    situation.site = replace(situation.site, decider=decider, prompt_decider=decider)
    return situation


def now(situation):
    return situation.table.incident(12)


def test_link_takes_the_incident(deciding):
    answer = press(deciding, deciding.link(), note="it is the release")
    assert said_after(deciding, answer) == "You have it. Your note is in the timeline."
    assert (now(deciding).state, now(deciding).taken_by, now(deciding).taken_via) == (
        State.ACKNOWLEDGED,
        "ana",
        Way.LINK,
    )
    shown = get(deciding, deciding.link())["body"]
    assert "Still on it" in shown
    assert "it is the release" in shown


def test_replayed_form_changes_nothing(deciding):
    token = deciding.link()
    nonce = fields_of(get(deciding, token)["body"])["nonce"]
    press(deciding, token, "cannot", nonce=nonce)
    before = deciding.records()
    assert "received before" in said_after(deciding, press(deciding, token, "take", nonce=nonce))
    assert deciding.records() == before
    press(deciding, token, "take")
    assert now(deciding).taken_by == "ana"


def test_slack_and_pagerduty_take_it_once(deciding):
    for _ in range(2):
        test_slack.press(deciding, test_slack.payload(deciding.link(person="")))
    assert now(deciding).taken_via is Way.SLACK
    taken = deciding.records()
    test_slack.press(deciding, test_slack.payload(deciding.link(person="")))
    assert deciding.records() == taken
    for _ in range(2):
        assert test_pagerduty.send(deciding, test_pagerduty.webhook(user="ben")) == 200
    assert "ben" in [entry.by for entry in deciding.table.timeline(12)]
