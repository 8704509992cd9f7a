"""The home page as HTML: complete without a script, and without anything from elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from xml.etree.ElementTree import Element

import lambdas.status_page
from demo.home.content import Backup, Content
from demo.inboxes.inbox import Arrival
from lambdas.shared.clock import now
from lambdas.shared.markup import Child, element, html
from lambdas.shared.quantities import counted
from lambdas.vocabulary.backups import Verdict

STYLE = "/style.css"
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
)
_SENT = {"mail": "E-mail", "sms": "Text message", "slack": "Chat", "pagerduty": "Page", "webhook": "Webhook"}
_NO_PROOF = {
    Verdict.FAILED: "down",
    Verdict.NOT_PROVABLE: "degraded",
    Verdict.PROVEN_IN_PART: "degraded",
    Verdict.PROVEN_BUT_FOR: "degraded",
}
"""The last one when what it was accepted for is over."""
_COLOURS = {"critical": "down", "high": "degraded", "medium": "slow", "low": "unknown"}


def style() -> bytes:
    """That of the status page, and what only this page needs."""
    folders = Path(lambdas.status_page.__file__).parent, Path(__file__).parent
    return b"\n".join((folder / "style.css").read_bytes() for folder in folders)


def page(content: Content) -> bytes:
    source = content.source
    return html(
        element(
            "html",
            element(
                "head",
                element("meta", charset="utf-8"),
                element("meta", name="viewport", content="width=device-width, initial-scale=1"),
                element("meta", name="color-scheme", content="light dark"),
                element("title", f"{_count(len(content.firing), 'alarm')} · {source.title} {source.environment}"),
                element("link", rel="stylesheet", href=STYLE),
            ),
            element(
                "body",
                element("a", "Skip to what is firing", href="#firing", class_="skip"),
                element(
                    "header", element("h1", f"{source.title} {source.environment}, on this machine", class_="brand")
                ),
                element("main", _links(content), _firing(content), _backups(content.backups), _inbox(content)),
            ),
            lang="en",
        )
    )


def _links(content: Content) -> Element:
    made_up = content.source.days_made_up
    return element(
        "nav",
        element("a", "Status page", href=content.source.status_page),
        element("a", f"Firing ({len(content.firing)})", href="#firing"),
        element("a", f"Backups ({len(content.backups)})", href="#backups"),
        element("a", f"Inbox ({len(content.arrivals)})", href="#inbox"),
        element("a", "Load again", href="/"),
        element("p", f"{made_up} days of the status page's history are made up.", class_="notice") if made_up else None,
        class_="links",
        aria_label="This account",
    )


def _firing(content: Content) -> Element:
    cards = [
        _card(
            element("h3", alarm.name),
            _state(alarm.level, _COLOURS[alarm.level]),
            element("p", alarm.meaning),
            element("p", "Since ", _time(alarm.since), f" · {alarm.runbook}", class_="quiet"),
        )
        for alarm in content.firing
    ]
    return _section("firing", "Firing", cards, "Nothing is in alarm.")


def _backups(backups: Sequence[Backup]) -> Element:
    cards = [
        _card(
            element("h3", _time(datetime.fromisoformat(each.manifest.snapshot_at)), f" · {each.manifest.database}"),
            _verdict(each),
            element("p", each.manifest.backup, class_="quiet"),
            _checks(each),
        )
        for each in backups
    ]
    return _section("backups", "Backups", cards, "There is no backup yet.")


def _verdict(backup: Backup) -> Element:
    if backup.verification is None:
        return _state("not restored yet", "unknown")
    verification, at = backup.verification, now()
    colour = "up" if verification.is_proof_at(at) else _NO_PROOF[verification.verdict]
    return _state(verification.text_at(at), colour)


def _checks(backup: Backup) -> Element | None:
    if backup.verification is None:
        return None
    checks = [element("li", f"{check.name}: {check.detail} ({check.result})") for check in backup.verification.checks]
    return element("details", element("summary", "What its restore showed"), element("ul", *checks))


def _inbox(content: Content) -> Element:
    cards = [
        _card(
            element("h3", _SENT.get(arrival.inbox, arrival.inbox), *_subject(arrival)),
            element("p", _time(datetime.fromisoformat(arrival.at)), class_="quiet"),
            element("p", arrival.text, class_="text"),
        )
        for arrival in content.arrivals
    ]
    return _section("inbox", "Inbox", cards, "Nobody was sent anything.")


def _subject(arrival: Arrival) -> tuple[str, ...]:
    return (f": {arrival.about['subject']}",) if arrival.about.get("subject") else ()


def _section(identifier: str, title: str, cards: Sequence[Element], nothing: str) -> Element:
    shown = cards or [element("p", nothing, class_="quiet")]
    heading = f"{identifier}-heading"
    return element(
        "section", element("h2", title, id=heading), *shown, id=identifier, aria_labelledby=heading, tabindex="-1"
    )


def _card(*children: Child) -> Element:
    return element("article", *children, class_="service")


def _state(text: str, colour: str) -> Element:
    return element("span", text, class_=f"state {colour}")


def _time(at: datetime) -> Element:
    moment = at.astimezone(UTC)
    return element("time", f"{moment:%Y-%m-%d %H:%M:%S} UTC", datetime=f"{moment:%Y-%m-%dT%H:%M:%SZ}")


def _count(number: int, thing: str) -> str:
    return counted(number, thing) if number else f"no {thing}s"
