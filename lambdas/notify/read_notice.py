"""What SNS delivers to the queue, as a notice: an alarm's message, a notice, or whatever else somebody published."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lambdas.notify.errors import BadMessageError
from lambdas.notify.measured import has_no_data_yet
from lambdas.notify.read_alarm import is_alarm, notice_of, subject_channel
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice

TITLE_LENGTH = 200


@dataclass(frozen=True)
class Received:
    """A notice as it came in."""

    notice: Notice
    about_channel: str = ""
    """The channel that it says has failed: it is not sent there."""
    has_no_data_yet: bool = False
    """Whether it is of a new alarm that is in alarm for lack of data alone."""


def received(envelope: dict[str, Any]) -> Received:
    """Read an SNS notification; raises BadMessageError when it is none.

    What has another form than an alarm's or a notice's is sent all the same, as something that happened.
    """
    try:
        level = Level(envelope["TopicArn"].rpartition("-")[2])
        text, identifier = envelope["Message"], envelope["MessageId"]
        at = datetime.fromisoformat(envelope["Timestamp"])
    except (KeyError, ValueError, AttributeError) as error:
        raise BadMessageError(f"not a notification of a level's topic: {error!r}") from None
    try:
        read = _alarm_or_notice(text, level)
    except (ValueError, TypeError, LookupError, AttributeError):
        title = str(envelope.get("Subject") or text)[:TITLE_LENGTH]
        read = Received(Notice(identifier, level, Change.HAPPENED, title, at, meaning=text[:TITLE_LENGTH]))
    return replace(read, notice=read.notice.well_formed())


def _alarm_or_notice(text: str, level: Level) -> Received:
    document: dict[str, Any] = json.loads(text)
    if is_alarm(document):
        return Received(notice_of(document, level), subject_channel(document), has_no_data_yet(document))
    return Received(Notice.from_json(text))
