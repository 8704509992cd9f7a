"""An issue in numbers, and what stands beside its stack: suspects, releases, tags."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element

from lambdas.operator_view.charts import sparkline
from lambdas.operator_view.event import Occurrence
from lambdas.operator_view.view import Page
from lambdas.operator_view.views.parts import card, fact, pairs
from lambdas.operator_view.words import count, time, version
from lambdas.shared.markup import Child, element
from lambdas.shared.texts import cut
from lambdas.vocabulary.error_tracking import Commit, Issue

BESIDE: Final = ("Tags", "User", "Runtime")
"""The sections of an event that stand beside its stack; the rest is below it."""
_RELEASES: Final = 10
_SUSPECTS: Final = 5


def summary(issue: Issue, hours: Sequence[int], page: Page) -> Element:
    return element(
        "dl",
        fact("Events", element("strong", count(issue.count))),
        fact("Users", element("strong", count(issue.users))),
        fact("Last 24 h", element("strong", count(sum(hours))), sparkline(hours)),
        fact("First seen", *_seen(issue.first_seen, issue.first_release, page)),
        fact("Last seen", *_seen(issue.last_seen, issue.last_release, page)),
        class_="summary",
    )


def _seen(at: datetime, release: str, page: Page) -> tuple[Child, ...]:
    return time(at, page.at), element("span", version(release), class_="mono") if release else None


def aside(issue: Issue, releases: Mapping[str, int], event: Occurrence | None, page: Page) -> tuple[Child, ...]:
    """`releases` are the events by release."""
    return _suspects(issue.suspects, page), _releases(releases), *_sections(event)


def _releases(releases: Mapping[str, int]) -> Element | None:
    if not releases:
        return None
    most = max(releases.values())
    shown = sorted(releases.items(), key=lambda each: -each[1])[:_RELEASES]
    rest = len(releases) - len(shown)
    return card(
        "Events by release",
        element("ul", *(_share(release, number, most) for release, number in shown), class_="shares"),
        element("p", f"and {rest} more", class_="quiet") if rest else None,
    )


def _share(release: str, number: int, most: int) -> Element:
    width = max(round(100 * number / most), 1) if most else 0
    return element(
        "li",
        element("span", version(release) or "no release", class_="mono"),
        element("span", count(number), class_="number"),
        element("span", element("span", style=f"width:{width}%"), class_="share", aria_hidden="true"),
    )


def _suspects(suspects: tuple[Commit, ...], page: Page) -> Element | None:
    if not suspects:
        return None
    return card(
        "Suspect commits", element("ul", *(_commit(each, page) for each in suspects[:_SUSPECTS]), class_="commits")
    )


def _commit(commit: Commit, page: Page) -> Element:
    first_line = commit.message.strip().partition("\n")[0]
    return element(
        "li",
        element("span", cut(first_line, 120) or "no message"),
        element(
            "span",
            element("span", version(commit.id), class_="mono"),
            element("span", cut(commit.author, 60)) if commit.author else None,
            time(commit.at, page.at) if commit.at else None,
            class_="facts",
        ),
    )


def _sections(event: Occurrence | None) -> list[Element]:
    if event is None:
        return []
    return [card(heading, pairs(found)) for heading, found in event.sections.items() if heading in BESIDE]
