"""The buttons of one issue.  Each brings the revision that was looked at, so that none undoes what another did."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from lambdas.operator_view.view import Page
from lambdas.operator_view.views.parts import menu
from lambdas.operator_view.words import badge, count, version
from lambdas.shared.markup import Child, element
from lambdas.shared.texts import cut
from lambdas.vocabulary.error_tracking import Issue, Release, Resolution, State

_OFFERED = 5
_EVENTS = 100
_DAY = 24


def actions(
    to_similar: Mapping[str, Any],
    issue: Issue,
    releases: Sequence[Release],
    similar: Sequence[Issue] | None,
    page: Page,
) -> Element:
    active = issue.state in (State.OPEN, State.REGRESSED)
    buttons = _of_active(issue, releases, page) if active else _of_inactive(issue, page)
    merge = page.surface.link(to_similar, "Find similar…", class_="button") if similar is None else None
    return element(
        "section",
        element("h3", "Actions", class_="unseen"),
        element("div", *buttons, merge, class_="bar"),
        _similar(issue, similar, page) if similar is not None else None,
        class_="actions",
    )


def _of_active(issue: Issue, releases: Sequence[Release], page: Page) -> Iterator[Child]:
    yield _button(issue, page, "resolve", "Resolve", class_="button main", kind=Resolution.NOW.value)
    if releases or issue.last_release:
        yield _button(issue, page, "resolve", "Resolve in next release", kind=Resolution.IN_NEXT_RELEASE.value)
    offered = [each.version for each in releases[:_OFFERED]]
    if offered:
        choices = (
            _button(issue, page, "resolve", version(each), kind=Resolution.IN_RELEASE.value, release=each)
            for each in offered
        )
        yield menu("Resolve in release", choices)
    yield menu("Mute", _mutes(issue, page))


def _mutes(issue: Issue, page: Page) -> Iterator[Element]:
    yield _button(issue, page, "mute", "For a day", hours=_DAY)
    yield _button(issue, page, "mute", f"Until {_EVENTS} more events", events=_EVENTS)
    yield _button(issue, page, "mute", "For ever")


def _of_inactive(issue: Issue, page: Page) -> Iterator[Child]:
    yield _button(issue, page, "reopen", "Reopen", class_="button main")


def _similar(issue: Issue, similar: Sequence[Issue], page: Page) -> Element:
    rows = [element("li", *_candidate(issue, other, page)) for other in similar]
    return element(
        "div",
        element("h3", "Similar issues"),
        element("ul", *rows, class_="similar") if rows else element("p", "None is similar.", class_="empty"),
        class_="card",
    )


def _candidate(issue: Issue, other: Issue, page: Page) -> Iterator[Child]:
    to = {"view": "issue", "project": other.project, "id": other.id}
    yield element(
        "span",
        page.surface.link(to, cut(other.title, 120)),
        element("span", cut(other.culprit, 120), class_="culprit"),
        element("span", badge(other), element("span", f"{count(other.count)} events"), class_="facts"),
    )
    payload = {"action": "merge", **_about(issue), "others": [other.id]}
    asked = "The other issue's events become this one's, now and later. It cannot be undone."
    yield page.surface.button(payload, "Merge into this", confirmation=asked)


def _button(issue: Issue, page: Page, action: str, label: str, class_: str = "button", **more: str | int) -> Element:
    return page.surface.button({"action": action, **_about(issue), **more}, label, class_=class_)


def _about(issue: Issue) -> dict[str, str | int]:
    return {"project": issue.project, "id": issue.id, "revision": issue.revision}
