"""E-mails and text messages, published to a topic; SNS sends each subscription those of its levels."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.notify.message import WORST_FIRST, Line, Message
from lambdas.shared.delivery_errors import DeliveryError, PermanentError, RetryError
from lambdas.shared.notices import facts, in_ascii, moment_of
from lambdas.vocabulary.notices import LEVEL

SUBJECT_LENGTH = 99  # SNS's limit is below 100 characters
SMS_LENGTH = 140  # what one text message holds, less the topic's name before it
_NAMED = 5  # of several alerts, as far as the subject has room
LONGEST = 100_000  # characters of a mail; SNS takes 256 KB of all forms together
_FOR_EVER = {"NotFound", "NotFoundException", "AuthorizationError", "InvalidParameter", "InvalidParameterException"}


def publish(sns: Any, message: Message, topic: str) -> None:
    """Publish the message, a part for each level; raises as a channel that did not accept all of it."""
    faults: dict[str, DeliveryError] = {}
    for part in _by_level(message):
        try:
            sns.publish(TopicArn=topic, **_published(part))
        except (ClientError, BotoCoreError) as error:
            faults |= {line.notice.key: _fault(error) for line in part.lines}
    if faults:
        first = next((it for it in faults.values() if isinstance(it, RetryError)), next(iter(faults.values())))
        raise type(first)(str(first), keys=faults)


def _by_level(message: Message) -> Iterable[Message]:
    for level in WORST_FIRST:
        if lines := [line for line in message.lines if line.notice.level is level]:
            yield replace(message, lines=lines)


def _published(part: Message) -> dict[str, Any]:
    said = subject(part)
    forms = {"default": said, "email": body(part), "sms": in_ascii(said)[:SMS_LENGTH]}
    return {
        "Subject": in_ascii(said)[:SUBJECT_LENGTH],
        "Message": json.dumps(forms),
        "MessageStructure": "json",
        "MessageAttributes": {LEVEL: {"DataType": "String", "StringValue": part.level.value}},
    }


def subject(message: Message) -> str:
    """Such as `[prod] CRITICAL: api is down, since 09:05 UTC: up of api 0 (below 1)`."""
    if len(message.lines) > 1:
        return f"{message.headline}: {'; '.join(line.notice.title for line in message.lines[:_NAMED])}"
    line = message.lines[0]
    measured = f": {line.notice.measured}" if line.notice.measured else ""
    return f"{message.headline}, {moment_of(line.notice)}{measured}"


def body(message: Message) -> str:
    """What happened, in full for one, and for each of several; as many as fit."""
    texts = [_text(line) for line in message.lines]
    shown: list[str] = []
    length = 0
    for text in texts:
        length += len(text)
        if shown and length > LONGEST:
            shown.append(f"and {len(texts) - len(shown)} more")
            break
        shown.append(text[:LONGEST])
    return "\n\n".join([message.headline, *shown] if len(texts) > 1 else shown) + "\n"


def _text(line: Line) -> str:
    return "\n".join([line.headline, *(f"{label}: {said}" for label, said in facts(line.notice).items())])


def _fault(error: Exception) -> DeliveryError:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    return (PermanentError if code in _FOR_EVER else RetryError)(f"SNS did not accept it: {code}")
