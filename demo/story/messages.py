"""A message as a person reads it, shortened to its most important lines."""

import html
import re
from collections.abc import Iterable
from datetime import datetime

from demo.console import Console
from demo.inboxes.inbox import Arrival

WIDTH = 110
WAYS = {"mail": "e-mail", "sms": "text message", "slack": "chat", "pagerduty": "PagerDuty", "webhook": "tickets"}
_SHOWN = ("Meaning", "How bad", "First look", "Runbook")


def show(console: Console, arrivals: list[Arrival], since: datetime, *, headlines_only: bool = False) -> None:
    """Print what arrived on each channel, and how long after `since`."""
    for arrival in sorted(arrivals, key=lambda it: it.at):
        seconds = (datetime.fromisoformat(arrival.at) - since).total_seconds()
        headline, *others = _lines(arrival)
        console.fact(f"{WAYS[arrival.inbox]} after {seconds:.1f} s: {_cut(headline)}")
        for line in [] if headlines_only else others:
            if line.startswith(_SHOWN):
                console.fact(f"    {_cut(line)}")


def ways(inboxes: Iterable[str]) -> str:
    """The inboxes, as people call them."""
    return ", ".join(sorted((WAYS[inbox] for inbox in inboxes), key=str.lower)) or "nobody"


def headline(arrival: Arrival) -> str:
    return _lines(arrival)[0]


def _lines(arrival: Arrival) -> list[str]:
    subject = [arrival.about["subject"]] if arrival.inbox == "mail" else []
    lines = [line.strip().removeprefix("- ") for line in (*subject, *arrival.text.splitlines())]
    return list(map(_plain, filter(None, lines)))


def _plain(line: str) -> str:
    """Without Slack's marks: `*How bad*: …` and `<https://…|runbook>`."""
    return html.unescape(re.sub(r"<([^|>]+)\|[^>]+>", r"\1", re.sub(r"^\*([^*]+)\*", r"\1", line)))


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
