"""Tells people something: publishes a notice to a level's topic, in the form that each kind of subscriber reads.

Alarms need none of this: CloudWatch publishes them itself, and SNS writes their e-mails and text messages.
"""

import json
from typing import Any

from lambdas.shared.quantities import duration, moment
from lambdas.vocabulary.notices import Change, Notice

SUBJECT_LENGTH = 99  # SNS's limit is below 100 characters, and ASCII
SMS_LENGTH = 140  # what one text message holds


def publish_notice(sns: Any, topic_arn: str, notice: Notice) -> None:
    """Publish `notice` to the topic of its level.

    E-mail and SMS get text for people, Amazon Q Developer in chat applications (which SNS reaches by HTTPS) its own
    schema, every other subscriber `Notice.to_json()`.  Raises what the client raises.
    """
    forms = {
        "default": notice.to_json(),
        "email": text(notice),
        "sms": headline(notice)[:SMS_LENGTH],
        "https": json.dumps(_for_chat(notice)),
    }
    sns.publish(TopicArn=topic_arn, Subject=_subject(notice), Message=json.dumps(forms), MessageStructure="json")


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


def text(notice: Notice) -> str:
    """The notice as plain text."""
    return "\n".join([headline(notice), "", *(f"{label}: {said}" for label, said in facts(notice).items())])


def in_slack(written: str) -> str:
    """A text as it stands, where Slack would find links and mentions in it: names come from anybody, intruders too."""
    return written.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _subject(notice: Notice) -> str:
    """SNS takes a subject in ASCII, without line breaks, that begins with a letter, a number or punctuation."""
    line = " ".join(headline(notice).split())
    return line.encode("ascii", "replace").decode()[:SUBJECT_LENGTH]


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
