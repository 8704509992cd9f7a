"""What an incoming webhook of Slack is sent of an outage: the blocks of `notify`, drawn as a chat draws them.

The alarms are those of the templates, and CloudWatch's messages about them are as the emulator writes them.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.pictures.photograph import Scene
from emulator.ministack.alarms.messages import message as cloudwatch_message
from lambdas.notify.channel import Channel
from lambdas.notify.channels import renderer
from lambdas.notify.message import Line, Message
from lambdas.notify.read_alarm import notice_of
from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Notice

PAGE = "slack.html"
RUNBOOKS = "https://wiki.example.com/runbooks"
_DAY = datetime(2026, 11, 27, tzinfo=UTC)
_MADE = _DAY - timedelta(days=30)
_CHANNEL = Channel("team-chat", "slack_webhook", tuple(Level))
_CROSSED = "Threshold Crossed: {count} out of the last {count} datapoints [{value}] crossed it ({threshold})."


@dataclass(frozen=True)
class _Changed:
    """An alarm that changed its state."""

    alarm: str
    """The end of its name."""
    value: float
    at: timedelta
    lasted: timedelta | None = None
    """Of one that recovered."""


_MESSAGES = (  # each with the worst first
    (_Changed("endpoint-api-down", 0, timedelta(hours=9, minutes=6)),),
    (
        _Changed("database-blocked", 14, timedelta(hours=9, minutes=11)),
        _Changed("endpoint-api-slow", 4210, timedelta(hours=9, minutes=12)),
        _Changed("endpoint-api-down", 1, timedelta(hours=9, minutes=11, seconds=40), timedelta(minutes=5, seconds=40)),
    ),
)

_DOTS = {"🔴": "#dd2e44", "🟠": "#f4900c", "🟡": "#fdcb58", "🔵": "#55acee", "🟢": "#78b159"}
"""The circles among the emoji: not every machine has a font for them."""

_STYLE = """
body { margin: 0; padding: 20px 24px 8px; font: 15px/1.46 Lato, "Helvetica Neue", Helvetica, Arial, sans-serif;
  color: #1d1c1d; background: #fff }
article { display: flex; gap: 12px; margin-bottom: 20px }
.icon { flex: none; width: 36px; height: 36px; border-radius: 6px; background: #1b6f3f; color: #fff;
  font-weight: 700; text-align: center; line-height: 36px }
.from b { font-weight: 900 } .from i { font-style: normal; font-size: 11px; padding: 1px 4px; margin: 0 4px;
  border-radius: 3px; background: #e8e8e8; color: #616061 } .from time { font-size: 12px; color: #616061 }
.dot { display: inline-block; width: 14px; height: 14px; border-radius: 7px; vertical-align: -1px }
h1 { font-size: 18px; line-height: 1.33; margin: 4px 0 8px } p { margin: 0 } a { color: #1264a3; text-decoration: none }
"""


def scene(alarms: Mapping[str, Mapping[str, Any]]) -> Scene:
    """`alarms` are the properties of the templates' alarms, by the ends of their names."""
    articles = "\n".join(_article(number, changed, alarms) for number, changed in enumerate(_MESSAGES))
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Slack</title><style>{_STYLE}</style>{articles}'
    return Scene({PAGE: page.encode()}, PAGE, width=960)


def _article(number: int, changed: tuple[_Changed, ...], alarms: Mapping[str, Mapping[str, Any]]) -> str:
    message = Message("prod", str(number), [Line(_notice(each, alarms[each.alarm])) for each in changed])
    (request,) = renderer(_CHANNEL.kind)(message, _CHANNEL, "https://hooks.slack.com/services/…", _DAY)
    sent_at = _DAY + max(each.at for each in changed)
    blocks = "".join(map(_block, json.loads(request.body)["blocks"]))
    head = f'<div class="from"><b>JunkOS Monitoring</b><i>APP</i><time>{sent_at:%H:%M}</time></div>'
    return f'<article><div class="icon">J</div><div>{head}{blocks}</div></article>'


def _notice(changed: _Changed, properties: Mapping[str, Any]) -> Notice:
    at = _DAY + changed.at
    threshold, count = properties["Threshold"], properties["DatapointsToAlarm"]
    alarm = {
        **properties,
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:111122223333:alarm:{properties['AlarmName']}",
        "AlarmDescription": properties["AlarmDescription"].replace("docs/runbooks", RUNBOOKS),
        "AlarmConfigurationUpdatedTimestamp": _MADE.timestamp(),
        "StateUpdatedTimestamp": at.timestamp(),
        "StateValue": "OK" if changed.lasted else "ALARM",
        "StateReason": _CROSSED.format(count=count, value=float(changed.value), threshold=threshold),
    }
    described = AlarmDescription.from_text(properties["AlarmDescription"]) or AlarmDescription()
    notice = notice_of(cloudwatch_message(alarm, "ALARM" if changed.lasted else "OK"), described.level or Level.LOW)
    return replace(notice, since=at - changed.lasted if changed.lasted else None)


def _block(block: Mapping[str, Any]) -> str:
    if block["type"] == "header":
        return f"<h1>{html.escape(block['text']['text'])}</h1>"
    return "".join(f"<p>{_shown(line)}</p>" for line in block["text"]["text"].splitlines())


def _shown(mrkdwn: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text, as far as `notify` writes it."""
    return "".join(_parts(mrkdwn))


def _parts(mrkdwn: str) -> Iterator[str]:
    for bold, link, label, text in re.findall(r"\*([^*]+)\*|<([^|>]+)\|([^>]+)>|(.)", mrkdwn):
        if bold:
            yield f"<b>{bold}</b>"
        elif link:
            yield f'<a href="{html.escape(link)}">{label}</a>'
        elif text in _DOTS:
            yield f'<span class="dot" style="background: {_DOTS[text]}"></span>'
        else:
            yield text  # Slack's escapes of &, < and > are those of HTML
