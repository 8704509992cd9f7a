"""Notices in words, and their publication on a level's topic.

Alarms need no publication of ours: CloudWatch publishes them itself.
"""

import json
from datetime import UTC
from typing import Any, Final

from lambdas.shared.quantities import duration, moment
from lambdas.vocabulary.notices import Change, Notice

SUBJECT_LENGTH: Final = 99  # SNS's limit is below 100 characters


def publish_notice(sns: Any, topic_arn: str, notice: Notice) -> None:
    """Publish `notice` to the topic of its level.

    Amazon Q Developer in chat applications (which SNS reaches by HTTPS) gets its own schema, every other subscriber
    `Notice.to_json()`.  Raises what the client raises.
    """
    forms = {"default": notice.to_json(), "https": json.dumps(_for_chat(notice))}
    subject = in_ascii(headline(notice))[:SUBJECT_LENGTH]
    sns.publish(TopicArn=topic_arn, Subject=subject, Message=json.dumps(forms), MessageStructure="json")


def headline(notice: Notice) -> str:
    """What happened, in one line: `CRITICAL: no backup for 27 h`, `Recovered after 2 h 5 min: …`."""
    times = f" ({notice.count} times)" if notice.count > 1 else ""
    if notice.change is not Change.RECOVERED:
        return f"{notice.level.upper()}: {notice.title}{times}"
    after = f" after {duration(notice.at - notice.since)}" if notice.since else ""
    return f"Recovered{after}: {notice.title}{times}"


def facts(notice: Notice) -> dict[str, str]:
    """What else there is to say, by its label, in the order in which it is read; what is not known is left out."""
    known = {
        "How bad": notice.measured,
        "Meaning": notice.meaning,
        "Since": moment(notice.since or notice.at),
        "Until": moment(notice.at) if notice.change is Change.RECOVERED else "",
        "First look": notice.first_look,
        "Runbook": notice.runbook,
        "Console": notice.console,
        "Owner": notice.owner,
    }
    return {label: said for label, said in known.items() if said}


def moment_of(notice: Notice) -> str:
    """Since when, or until when, by the clock: `since 09:05 UTC`."""
    word = "at" if notice.change is not Change.RAISED else "since"
    at = notice.at if notice.change is not Change.RAISED else notice.since or notice.at
    return f"{word} {at.astimezone(UTC):%H:%M} UTC"


def in_ascii(written: str) -> str:
    """What SNS takes as a subject: ASCII, in one line."""
    return " ".join(written.split()).encode("ascii", "replace").decode()


def in_slack(written: str) -> str:
    """A text as it stands, where Slack would find links and mentions in it: names come from anybody, intruders too."""
    return written.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _for_chat(notice: Notice) -> dict[str, Any]:
    """Amazon Q Developer drops what is neither an AWS event nor this.

    https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    """
    described = "\n".join(f"*{label}*: {in_slack(said)}" for label, said in facts(notice).items())
    return {
        "version": "1.0",
        "source": "custom",
        "content": {"textType": "client-markdown", "title": in_slack(headline(notice)), "description": described},
    }
