"""A message for an incoming webhook of Slack, or of a chat that speaks its format, such as Mattermost.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import itertools
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from lambdas.notify.channel import Channel
from lambdas.notify.kind import Kind
from lambdas.notify.message import Line, Message
from lambdas.shared.notices import facts, in_slack
from lambdas.shared.post import Request
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change

HEADER_LENGTH = 150
SECTION_LENGTH = 2900  # Slack's limit is 3000 characters
LONGEST = 9000  # in all: Slack has refused messages from 11 300 on, within its documented limits
LINE_LENGTH = 700
SHORTENED = "…"
_SIGNS = {Level.CRITICAL: "🔴", Level.HIGH: "🟠", Level.MEDIUM: "🟡", Level.LOW: "🔵"}
_LINKS = ("Runbook", "Console")


def requests(message: Message, channel: Channel, secret: str, at: datetime) -> list[Request]:  # noqa: ARG001
    """`secret` is the webhook's URL.

    The text says everything, too: a chat that knows no blocks, such as Mattermost, shows it; Slack shows it in the
    notification on a screen that is locked, and alone where it refuses the blocks.
    """
    sections = list(_packed(_lines(message)))
    text = "\n".join([_shortened(in_slack(message.headline)), *sections])
    header = {"type": "header", "text": {"type": "plain_text", "text": message.headline[:HEADER_LENGTH]}}
    blocks = [header, *map(_section, sections)]
    plain, whole = {"text": text}, {"text": text, "blocks": blocks}
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return [Request(secret, _json(whole), headers, simpler=_json(plain))]


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _lines(message: Message) -> list[str]:
    """The facts of a single alert, or a line for each of several: without links where they do not fit, then fewer."""
    if len(message.lines) == 1:
        return list(map(_shortened, _facts(message.lines[0])))
    listed = [_shortened(" ".join([_listed(line), *_links(line)])) for line in message.lines]
    if _fitting(listed) < len(listed):
        listed = [_shortened(_listed(line)) for line in message.lines]
    fitting = _fitting(listed)
    left = len(listed) - fitting
    return [*listed[:fitting], *([f"and {left} more"] if left else [])]


def _fitting(lines: list[str]) -> int:
    return sum(length <= LONGEST for length in itertools.accumulate(len(line) + 1 for line in lines))


def _shortened(line: str) -> str:
    return line if len(line) <= LINE_LENGTH else f"{line[: LINE_LENGTH - 1]}{SHORTENED}"


def _listed(line: Line) -> str:
    """One line: sign, what, how bad."""
    sign = "🟢" if line.notice.change is Change.RECOVERED else _SIGNS[line.notice.level]
    return f"{sign} {in_slack(line.text)}"


def _links(line: Line) -> list[str]:
    return [f"<{link}|{label.lower()}>" for label, link in facts(line.notice).items() if _is_link(label, link)]


def _facts(line: Line) -> Iterator[str]:
    for label, said in facts(line.notice).items():
        shown = f"<{said}|{label.lower()}>" if _is_link(label, said) else in_slack(said)
        yield f"*{label}*: {shown}"


def _is_link(label: str, said: str) -> bool:
    return label in _LINKS and said.startswith("https://")


def _packed(lines: Iterable[str]) -> Iterator[str]:
    """The lines in as few texts as fit."""
    text = ""
    for line in lines:
        if text and len(text) + 1 + len(line) > SECTION_LENGTH:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield text


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


KIND = Kind(requests, "An incoming webhook of Slack or of a chat that speaks its format; its URL is the secret.")
