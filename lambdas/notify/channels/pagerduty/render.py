"""One event of PagerDuty's Events API v2 for each subject: it groups them itself, and each resolves by itself.

https://developer.pagerduty.com/docs/send-alert-event
"""

import json
from datetime import datetime
from typing import Any

from lambdas.notify.channel import Channel
from lambdas.notify.kind import Kind, Url
from lambdas.notify.message import Line, Message
from lambdas.shared.notices import facts
from lambdas.shared.pagerduty import deduplication_key
from lambdas.shared.post import Request
from lambdas.shared.service import own_names
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice

SUMMARY_LENGTH = 1024
DETAIL_LENGTH = 4000  # of each of ten: PagerDuty takes 512 KB
LINK_LENGTH = 2000
SEVERITIES = {Level.CRITICAL: "critical", Level.HIGH: "error", Level.MEDIUM: "warning", Level.LOW: "info"}


def requests(message: Message, channel: Channel, secret: str, at: datetime) -> list[Request]:  # noqa: ARG001
    """`secret` is the integration's routing key.

    What is over before anything was sent is resolved without a page: PagerDuty ignores that for an unknown key, and may
    know the key from an attempt that failed half-way.
    """
    return [
        Request(
            channel.url,
            json.dumps(_event(message.environment, line, secret)).encode(),
            {"Content-Type": "application/json"},
            line.notice.key,
        )
        for line in message.lines
    ]


def _event(environment: str, line: Line, routing_key: str) -> dict[str, Any]:
    notice = line.notice
    about = {"routing_key": routing_key, "dedup_key": deduplication_key(notice.key)}
    if notice.change is Change.RECOVERED:
        return {**about, "event_action": "resolve"}
    return {
        **about,
        "event_action": "trigger",
        "client": f"{own_names().title} Monitoring",
        **({"client_url": notice.console} if _is_link(notice.console) else {}),
        "links": _links(notice),
        "payload": {
            "summary": f"[{environment}] {line.text}"[:SUMMARY_LENGTH],
            "source": f"{own_names().service}-{environment}",
            "severity": SEVERITIES[notice.level],
            "timestamp": notice.at.isoformat(),
            "custom_details": {**_details(notice), "Level": notice.level.value, "Times": notice.count},
        },
    }


def _details(notice: Notice) -> dict[str, str]:
    return {label: said[:DETAIL_LENGTH] for label, said in facts(notice).items()}


def _links(notice: Notice) -> list[dict[str, str]]:
    links = {"Runbook": notice.runbook, "Console": notice.console}
    return [{"href": link, "text": text} for text, link in links.items() if _is_link(link)]


def _is_link(link: str) -> bool:
    return link.startswith("https://") and len(link) <= LINK_LENGTH


KIND = Kind(
    requests,
    "PagerDuty's Events API v2; the integration's key is the secret.",
    Url(
        "Its address; in Europe https://events.eu.pagerduty.com/v2/enqueue.", "https://events.pagerduty.com/v2/enqueue"
    ),
    levels=(Level.CRITICAL,),
)
