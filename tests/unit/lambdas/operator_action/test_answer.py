"""What a button of an incident hands over, and what it refuses."""

import io
import json

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lambdas.operator_action.answer import NoAnswerError, answers_by, reply_of
from lambdas.operator_action.done import done, shown
from lambdas.operator_view.parameters import BadParameterError
from lambdas.operator_view.surface import Local
from lambdas.operator_view.view import Page
from lambdas.vocabulary.incidents import Answer, Reply, Way
from tests.unit.lambdas.operator_view.test_incident_views import PEOPLE, sources
from tests.unit.lambdas.shared.incidents.story import NOW

TAKE = {"action": "take", "incident": 13, "by": "ben"}
REPLY = Reply(13, Answer.TAKE, Way.VIEW, NOW, "ben")


class Lambda:
    """Answers as the function `incident` does."""

    def __init__(self, answer=None, error=None, **response):
        self.answer, self.error, self.response, self.invoked = answer, error, response, []

    def invoke(self, **call):
        self.invoked.append((call["FunctionName"], json.loads(call["Payload"])))
        if self.error:
            raise self.error
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode()), **self.response}


def press(asked, client):
    return done(asked, "prod", sources(), "anna", answers_by(client, "junkos-prod-incident"))


def test_answer_is_handed_over():
    client = Lambda({"outcome": "done", "text": "you have it"})
    message = press(TAKE, client)
    assert (message.text, message.is_good) == ("You have it.", True)
    ((name, event),) = client.invoked
    assert name == "junkos-prod-incident"
    assert Reply.from_json(json.dumps(event["reply"])) == REPLY


def test_refusal_is_said():
    message = press(TAKE, Lambda({"outcome": "refused", "text": "there is no incident 13"}))
    assert (message.text, message.is_good) == ("Not done: there is no incident 13.", False)


@pytest.mark.parametrize(
    ("client", "reason"),
    [
        (Lambda({"errorMessage": "secret"}, FunctionError="Unhandled"), "junkos-prod-incident failed: read its log"),
        (Lambda([]), "junkos-prod-incident failed: read its log"),
        (Lambda(error=ClientError({"Error": {"Code": "Throttled"}}, "Invoke")), "Lambda refused it: Throttled"),
        (Lambda(error=ReadTimeoutError(endpoint_url="x")), "Lambda did not answer: ReadTimeoutError"),
    ],
)
def test_lost_answer_is_not_called_done(client, reason):
    with pytest.raises(NoAnswerError, match=reason):
        answers_by(client, "junkos-prod-incident")(REPLY)
    message = press(TAKE, client)
    assert not message.is_good
    assert message.text.startswith(f"Perhaps not done: {reason}.")
    assert "secret" not in message.text


@pytest.mark.parametrize(
    "changed",
    [
        {"by": "eve"},
        {"by": ""},
        {"by": ["ben"]},
        {"incident": 0},
        {"incident": "x"},
        {"action": "note"},
        {"action": "close"},
        {"minutes": -1},
        {"minutes": 10**6},
        {"via": "link"},
    ],
)
def test_odd_answers_are_refused(changed):
    client = Lambda({"outcome": "done"})
    with pytest.raises(BadParameterError):
        reply_of({**TAKE, **changed}, PEOPLE, NOW)
    assert not press({**TAKE, **changed}, client).is_good
    assert client.invoked == []


def test_snooze_has_its_minutes():
    assert reply_of({**TAKE, "action": "snooze", "minutes": 30}, PEOPLE, NOW).minutes == 30


def test_incident_is_shown_after_it():
    """Whoever answered is still who they said."""
    html = shown(TAKE, sources(), Page(Local("token"), NOW))
    assert "13: A backup failed" in html
    assert 'aria-current="true">ben' in html


def test_issue_buttons_do_nothing_without_errors():
    message = done({"action": "resolve", "project": "api", "id": "a" * 16}, "prod", sources(), "anna")
    assert not message.is_good
