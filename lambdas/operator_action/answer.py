"""What somebody answers to an incident, read strictly, and handed to the function that decides."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.operator_view import parameters
from lambdas.operator_view.parameters import Asked, BadParameterError
from lambdas.operator_view.view import Message
from lambdas.operator_view.widget import CONTEXT
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.incidents import Answer, Reply, Way

HIGHEST: Final = 10**9 - 1
LONGEST_SNOOZE: Final = timedelta(days=7)
REFUSED: Final = "refused"
_ASKED: Final = {"action", "incident", "by", "minutes", CONTEXT}

SendReply = Callable[[Reply], Mapping[str, Any]]
"""The answer of the function `incident`; raises NoAnswerError."""


class NoAnswerError(Exception):
    """Why it is not known whether the answer was taken; one line."""


def answers_by(client: Any, function: str) -> SendReply:
    """`client` is botocore's of Lambda; `function` is the name of the function `incident`."""

    def send(reply: Reply) -> Mapping[str, Any]:
        try:
            response = client.invoke(FunctionName=function, Payload=json.dumps({"reply": encode(reply)}))
            answer = json.load(response["Payload"])
        except ClientError as error:
            raise NoAnswerError(f"Lambda refused it: {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise NoAnswerError(f"Lambda did not answer: {type(error).__name__}") from error
        if "FunctionError" in response or not isinstance(answer, dict):
            raise NoAnswerError(f"{function} failed: read its log")
        return answer

    return send


def answered(asked: Asked, people: Sequence[str], at: datetime, send_reply: SendReply | None) -> Message:
    """Good only where every parameter was what it must be, and the function took the answer."""
    if send_reply is None:
        return Message("Not done: nobody is on call here.", is_good=False)
    try:
        said = send_reply(reply_of(asked, people, at))
    except BadParameterError as error:
        return Message(f"Not done: {error}.", is_good=False)
    except NoAnswerError as error:
        return Message(f"Perhaps not done: {error}. Look at the incident as it is now.", is_good=False)
    text = str(said.get("text", "")).rstrip(".")
    if said.get("outcome") == REFUSED:
        return Message(f"Not done: {text}.", is_good=False)
    return Message(f"{text[:1].upper()}{text[1:]}.")


def reply_of(asked: Asked, people: Sequence[str], at: datetime) -> Reply:
    """Raises BadParameterError."""
    if unknown := asked.keys() - _ASKED:
        raise BadParameterError(f"an answer takes action, incident, by and minutes, not {len(unknown)} more")
    answer = parameters.word(Answer, asked, "action")
    if answer is Answer.NOTE:
        raise BadParameterError("a note is written by the command: ops <environment> incidents note")
    by = asked.get("by")
    if by not in people:
        raise BadParameterError("by must be one of the people on call")
    return Reply(
        incident=parameters.whole(asked, "incident", 1, HIGHEST),
        answer=answer,
        via=Way.VIEW,
        at=at,
        by=str(by),
        minutes=parameters.whole(asked, "minutes", 0, LONGEST_SNOOZE // timedelta(minutes=1), 0),
    )
