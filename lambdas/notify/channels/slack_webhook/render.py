"""A message for an incoming webhook of Slack, or of a chat that speaks its format, such as Mattermost.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from lambdas.notify.channel import Channel
from lambdas.notify.message import Line, Message
from lambdas.notify.post import Request
from lambdas.shared.notices import facts, in_slack
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change

HEADER_LENGTH = 150
SECTION_LENGTH = 2900  # Slack's limit is 3000 characters
SECTIONS = 45  # and 50 blocks
_SIGNS = {Level.CRITICAL: "🔴", Level.HIGH: "🟠", Level.MEDIUM: "🟡", Level.LOW: "🔵"}
_LINKS = ("Runbook", "Console")


def requests(message: Message, channel: Channel, secret: str, at: datetime) -> list[Request]:  # noqa: ARG001
    """`secret` is the webhook's URL."""
    payload = {"text": in_slack(message.headline), "blocks": blocks(message)}
    body = json.dumps(payload, ensure_ascii=False).encode()
    return [Request(secret, body, {"Content-Type": "application/json; charset=utf-8"})]


def blocks(message: Message) -> list[dict[str, Any]]:
    header = {"type": "header", "text": {"type": "plain_text", "text": message.headline[:HEADER_LENGTH]}}
    if len(message.lines) == 1:
        return [header, *map(_section, _packed(_facts(message.lines[0])))]
    return [header, *map(_section, _limited(message.lines))]


def _limited(lines: Sequence[Line]) -> list[str]:
    sections = list(_packed(map(_listed, lines)))
    left = sum(section.count("\n") + 1 for section in sections[SECTIONS:])
    return [*sections[:SECTIONS], *([f"and {left} more"] if left else [])]


def _listed(line: Line) -> str:
    """One line: sign, what, how bad, and where to go on."""
    sign = "🟢" if line.notice.change is Change.RECOVERED else _SIGNS[line.notice.level]
    links = [f"<{link}|{label.lower()}>" for label, link in facts(line.notice).items() if _is_link(label, link)]
    return " ".join([sign, in_slack(line.text), *links])


def _facts(line: Line) -> Iterator[str]:
    for label, said in facts(line.notice).items():
        shown = f"<{said}|{label.lower()}>" if _is_link(label, said) else in_slack(said)
        yield f"*{label}*: {shown}"


def _is_link(label: str, said: str) -> bool:
    return label in _LINKS and said.startswith("https://")


def _packed(lines: Any) -> Iterator[str]:
    """The lines in as few texts as fit."""
    text = ""
    for line in lines:
        cut = line[:SECTION_LENGTH]
        if text and len(text) + 1 + len(cut) > SECTION_LENGTH:
            yield text
            text = ""
        text = f"{text}\n{cut}" if text else cut
    if text:
        yield text


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
