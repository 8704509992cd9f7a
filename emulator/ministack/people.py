"""SNS delivers e-mails and text messages: by SMTP, and to a local telephone network, in the form that AWS gives them.

`MAIL_SERVER` (`host:port`) and `TELEPHONE_NETWORK` (a URL) say where to; without them nothing leaves the account.
https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
"""

import json
import os
import smtplib
import threading
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formataddr
from typing import Any
from urllib.request import Request, urlopen

from ministack.services import sns

SENDER = "no-reply@sns.amazonaws.com"
SMS_LENGTH = 1600
PREFIX_LENGTH = 10  # of a text message: the topic's display name
TIMEOUT = 10.0

_fanout = sns._fanout


def register() -> None:
    sns._fanout = fanout


def fanout(
    topic_arn: str, message_id: str, message: str, subject: str, message_structure: str = "", *rest: Any, **named: Any
) -> None:
    _fanout(topic_arn, message_id, message, subject, message_structure, *rest, **named)
    topic = sns._topic_by_arn_any_scope(topic_arn)
    attributes = rest[0] if rest else named.get("message_attributes")
    for subscription in topic["subscriptions"] if topic else ():
        deliver = _DELIVERIES.get(subscription["protocol"])
        text = sns._resolve_message_for_protocol(message, message_structure, subscription["protocol"])
        if deliver and subscription["confirmed"] and sns._matches_filter_policy(subscription, attributes or {}, text):
            # As at AWS, publishing does not wait for anybody's mail server.
            threading.Thread(target=deliver, args=(topic, subscription, subject, text), daemon=True).start()


def _mail(topic: dict[str, Any], subscription: dict[str, Any], subject: str, text: str) -> None:
    if "MAIL_SERVER" not in os.environ:
        return
    name = _display_name(topic) or "AWS Notifications"
    mail = EmailMessage()
    mail["From"], mail["To"] = formataddr((name, SENDER)), subscription["endpoint"]
    mail["Subject"] = subject or "AWS Notification Message"
    mail.set_content(_for_people(text) + _FOOTER)
    host, _, port = os.environ["MAIL_SERVER"].partition(":")
    with smtplib.SMTP(host, int(port), timeout=TIMEOUT) as server:
        server.send_message(mail)


def _text_message(topic: dict[str, Any], subscription: dict[str, Any], subject: str, text: str) -> None:
    if "TELEPHONE_NETWORK" not in os.environ:
        return
    said = f"{_display_name(topic)[:PREFIX_LENGTH]}>{subject if _alarm(text) else text}"[:SMS_LENGTH]
    document = {"to": subscription["endpoint"], "text": said}
    request = Request(os.environ["TELEPHONE_NETWORK"], json.dumps(document).encode(), method="POST")  # noqa: S310 - a local inbox
    urlopen(request, timeout=TIMEOUT).close()  # noqa: S310 - the same


_DELIVERIES: dict[str, Callable[[dict[str, Any], dict[str, Any], str, str], None]] = {
    "email": _mail,
    "sms": _text_message,
}
_FOOTER = "\n--\nIf you wish to stop receiving notifications from this topic, please unsubscribe.\n"


def _display_name(topic: dict[str, Any]) -> str:
    return str(topic["attributes"].get("DisplayName", ""))


def _alarm(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) and "NewStateValue" in document else None


def _for_people(text: str) -> str:
    """CloudWatch writes its e-mails itself; everything else arrives as it was published."""
    if not (alarm := _alarm(text)):
        return text
    return (
        f'You are receiving this email because your Amazon CloudWatch Alarm "{alarm["AlarmName"]}" in the '
        f"{alarm['Region']} region has entered the {alarm['NewStateValue']} state, because "
        f'"{alarm["NewStateReason"]}" at "{alarm["StateChangeTime"]}".\n\n'
        "Alarm Details:\n"
        f"- Name: {alarm['AlarmName']}\n"
        f"- Description: {alarm['AlarmDescription']}\n"
        f"- State Change: {alarm['OldStateValue']} -> {alarm['NewStateValue']}\n"
        f"- Reason for State Change: {alarm['NewStateReason']}\n"
        f"- Timestamp: {alarm['StateChangeTime']}\n"
    )
