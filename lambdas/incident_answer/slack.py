"""A button of a message in Slack: who pressed it is proven by Slack's signature.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
Slack waits three seconds for an answer, and shows nothing of its body: what is to be read is sent to `response_url`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs

from lambdas.incident_answer.pass_on import Decider, NotPassedOnError, nonce_of
from lambdas.shared.delivery_errors import PermanentError, RetryError
from lambdas.shared.incidents.keys import Keys
from lambdas.shared.incidents.links import read
from lambdas.shared.observability import logger
from lambdas.shared.post import Request as PostRequest
from lambdas.vocabulary.incidents import BUTTON_SNOOZES, Answer, Reply, Way
from lambdas.vocabulary.on_call import Person

ANSWER_TIMEOUT: Final = 1.0  # seconds: within what Slack waits
_RESPONSES: Final = "https://hooks.slack.com/"
_BUTTONS: Final = (Answer.TAKE, Answer.SNOOZE, Answer.CANNOT)

Post = Callable[[PostRequest], object]


@dataclass(frozen=True)
class Pressed:
    answer: Answer
    token: str
    """That of a link to answer by: which incident it is, and until when."""
    member: str
    """Who pressed, such as U0123ABCD."""
    trigger: str
    """The same when Slack sends it again."""
    response_url: str


def pressed(body: bytes) -> Pressed | None:
    """None for what is no button of ours; a button that is a link calls an app, too."""
    try:
        payload = json.loads(parse_qs(body.decode(), max_num_fields=1)["payload"][0])
        (action,) = payload["actions"]
        answer, token = Answer(action["action_id"]), _text(action["value"])
        member, trigger = _text(payload["user"]["id"]), _text(payload["trigger_id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if payload.get("type") != "block_actions" or answer not in _BUTTONS:
        return None
    return Pressed(answer, token, member, trigger, str(payload.get("response_url", "")))


def answer_of(button: Pressed, keys: Keys, people: tuple[Person, ...], decider: Decider, now: datetime) -> str:
    """What whoever pressed reads."""
    link = read(keys, button.token, now)
    if link is None:
        return "This button is not of this system, or its key was replaced: use a newer message."
    if link.expired:
        return f"This button has expired. Newer messages about incident {link.incident} have one that works."
    person = next((each.name for each in people if each.slack and each.slack == button.member), None)
    if person is None:
        return (
            "Nobody of the on-call rota has your Slack member ID, so nothing was done."
            " Use the link in the message, or have the ID added to the environment file (on_call.person, slack)."
        )
    minutes = BUTTON_SNOOZES if button.answer is Answer.SNOOZE else 0
    nonce = nonce_of(Way.SLACK, button.trigger)
    reply = Reply(link.incident, button.answer, Way.SLACK, now, person, minutes=minutes, nonce=nonce)
    try:
        return f"Incident {link.incident}: {decider.pass_on(reply).text}"
    except NotPassedOnError:
        return (
            f"Incident {link.incident}: there was no answer in time. Look at the incident, and press again if need be."
        )


def say(button: Pressed, text: str, post: Post) -> None:
    """To whoever pressed alone; that it fails changes nothing of what was done."""
    if not button.response_url.startswith(_RESPONSES):
        return
    message: Mapping[str, Any] = {"response_type": "ephemeral", "replace_original": False, "text": text}
    request = PostRequest(button.response_url, json.dumps(message).encode(), {"Content-Type": "application/json"})
    try:
        post(request)
    except (PermanentError, RetryError) as error:
        logger.warning("Slack did not take what was to be said", reason=str(error))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
