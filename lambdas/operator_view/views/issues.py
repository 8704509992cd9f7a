"""The list of issues: what happens, how often, since which release, and to how many users."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final
from xml.etree.ElementTree import Element

from lambdas.operator_view import parameters
from lambdas.operator_view.charts import sparkline
from lambdas.operator_view.parameters import Asked
from lambdas.operator_view.sources import ErrorSources
from lambdas.operator_view.view import Page, View
from lambdas.operator_view.words import SOURCES, badge, count, state_of, time, version
from lambdas.shared.markup import Child, element
from lambdas.shared.texts import cut
from lambdas.vocabulary.error_tracking import Issue, State

NAME: Final = "issues"
PAGE_SIZE: Final = 25
MOST_PAGES: Final = 40
_TITLE: Final = 160
_CULPRIT: Final = 120


class Filter(StrEnum):
    UNRESOLVED = "unresolved"
    REGRESSED = "regressed"
    MUTED = "muted"
    RESOLVED = "resolved"
    ALL = "all"

    @property
    def states(self) -> tuple[State, ...]:
        several = {Filter.UNRESOLVED: (State.OPEN, State.REGRESSED), Filter.ALL: tuple(State)}
        return several.get(self) or (State(self.value),)


@dataclass(frozen=True)
class Asking:
    project: str
    filter: Filter
    page: int = 1

    def as_parameters(self) -> dict[str, Any]:
        return {"view": NAME, "project": self.project, "state": self.filter.value, "page": self.page}


@dataclass(frozen=True)
class Listed:
    projects: tuple[str, ...]
    issues: tuple[tuple[Issue, tuple[int, ...]], ...]
    """Each with its events by the hour of the last day, the oldest first."""
    has_more: bool = False


def asking(asked: Asked, sources: ErrorSources) -> Asking:
    return Asking(
        parameters.project(asked, sources.projects),
        parameters.word(Filter, asked, "state", Filter.UNRESOLVED),
        parameters.whole(asked, "page", 1, MOST_PAGES, 1),
    )


def read(asking: Asking, sources: ErrorSources) -> Listed:
    """One query for each state, and one for each issue that is shown."""
    end = asking.page * PAGE_SIZE
    found = sources.errors.issues(asking.project, asking.filter.states, limit=end + 1)
    shown = found[end - PAGE_SIZE : end]
    counted = tuple((issue, tuple(sources.errors.hours(issue, 24, sources.at))) for issue in shown)
    return Listed(sources.projects, counted, has_more=len(found) > end and asking.page < MOST_PAGES)


def render(asking: Asking, listed: Listed, page: Page) -> Element:
    return element(
        "div",
        element(
            "header", element("h2", "Issues"), _projects(asking, listed, page), _filters(asking, page), class_="head"
        ),
        _table(listed, page) if listed.issues else _nothing(asking),
        _pages(asking, listed, page),
        class_="issues",
    )


def _projects(asking: Asking, listed: Listed, page: Page) -> Element | None:
    if len(listed.projects) == 1:
        return element("span", asking.project, class_="quiet")
    choices = (_choice(replace(asking, project=each, page=1), asking, each, page) for each in listed.projects)
    return element("nav", *choices, class_="tabs", aria_label="Project")


def _filters(asking: Asking, page: Page) -> Element:
    choices = (_choice(replace(asking, filter=each, page=1), asking, each.value, page) for each in Filter)
    return element("nav", *choices, class_="tabs", aria_label="State")


def _choice(to: Asking, now: Asking, label: str, page: Page) -> Element:
    if to == replace(now, page=1):
        return element("span", label, class_="tab chosen", aria_current="true")
    return page.surface.link(to.as_parameters(), label, class_="tab")


def _nothing(asking: Asking) -> Element:
    none = "No issue" if asking.filter is Filter.ALL else f"No {asking.filter.value} issue"
    return element("p", f"{none} in {asking.project}.", class_="empty")


def _table(listed: Listed, page: Page) -> Element:
    headings = (
        ("Issue", ""),
        ("Last 24 h", "trend"),
        ("Events", "number"),
        ("Users", "number wide"),
        ("Releases", "wide"),
        ("Last seen", "wide"),
    )
    head = element("tr", *(element("th", name, scope="col", class_=class_ or None) for name, class_ in headings))
    rows = (_row(issue, hours, page) for issue, hours in listed.issues)
    caption = element("caption", "Issues, the one seen last first", class_="unseen")
    return element("table", caption, element("thead", head), element("tbody", *rows), class_="list")


def _row(issue: Issue, hours: tuple[int, ...], page: Page) -> Element:
    to = {"view": "issue", "project": issue.project, "id": issue.id}
    title = element("strong", cut(issue.title, _TITLE))
    return element(
        "tr",
        element(
            "td",
            page.surface.link(to, title, class_="link title"),
            element("span", cut(issue.culprit, _CULPRIT), class_="culprit") if issue.culprit else None,
            element("span", *_facts(issue, page), class_="facts"),
            class_=f"issue {level_class(issue)}",
        ),
        element("td", sparkline(hours), class_="trend"),
        element("td", count(issue.count), class_="number"),
        element("td", count(issue.users), class_="number wide"),
        element("td", *_releases(issue), class_="wide releases"),
        element("td", time(issue.last_seen, page.at), class_="wide seen"),
    )


def _facts(issue: Issue, page: Page) -> Iterator[Child]:
    yield badge(issue)
    if said := state_of(issue, page.at):
        yield element("span", said)
    yield element("span", SOURCES[issue.source])
    yield element("span", "seen ", time(issue.last_seen, page.at), class_="narrow")


def _releases(issue: Issue) -> Iterator[Child]:
    if issue.first_release:
        yield element("span", version(issue.first_release))
    if issue.last_release and issue.last_release != issue.first_release:
        yield element("span", f"→ {version(issue.last_release)}")


def level_class(issue: Issue) -> str:
    return f"level-{issue.level}" if issue.level in ("fatal", "error", "warning") else "level-info"


def _pages(asking: Asking, listed: Listed, page: Page) -> Element | None:
    newer = replace(asking, page=asking.page - 1).as_parameters() if asking.page > 1 else None
    older = replace(asking, page=asking.page + 1).as_parameters() if listed.has_more else None
    if not newer and not older:
        return None
    return element(
        "nav",
        page.surface.link(newer, "← Newer", class_="button") if newer else None,
        element("span", f"Page {asking.page}", class_="quiet"),
        page.surface.link(older, "Older →", class_="button") if older else None,
        class_="pages",
        aria_label="Pages",
    )


VIEW: Final = View(
    NAME,
    "the issues of a project (`project`, `state`, `page`)",
    lambda sources: sources.errors,
    asking,
    read,
    render,
    title="Issues",
)
