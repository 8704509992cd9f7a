"""One issue: where it happens, in which releases, to whom, what led to it, and what can be done with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element

from lambdas.operator_view import parameters
from lambdas.operator_view.event import Occurrence, occurrence
from lambdas.operator_view.parameters import Asked
from lambdas.operator_view.sources import ErrorSources, UnreadSampleError
from lambdas.operator_view.view import NotFoundError, Page, View
from lambdas.operator_view.views import issues
from lambdas.operator_view.views.issue_actions import actions
from lambdas.operator_view.views.issue_event import event_parts
from lambdas.operator_view.views.issue_facts import aside, summary
from lambdas.operator_view.words import SOURCES, badge, state_of, version
from lambdas.shared.markup import element
from lambdas.shared.quantities import moment
from lambdas.shared.texts import cut
from lambdas.vocabulary.error_tracking import Event, Issue, Release, Sample

NAME: Final = "issue"
MOST_SAMPLES: Final = 100
_RELEASES: Final = 10
_SIMILAR: Final = 8
_SEARCHED: Final = 100


@dataclass(frozen=True)
class Asking:
    project: str
    id: str
    sample: int = 1
    """1 is the newest."""
    similar: bool = False

    def as_parameters(self, sample: int | None = None, *, similar: bool = False) -> dict[str, Any]:
        named = {"view": NAME, "project": self.project, "id": self.id, "sample": sample or self.sample}
        return {**named, "similar": 1} if similar else named


@dataclass(frozen=True)
class Shown:
    issue: Issue
    hours: tuple[int, ...]
    """Of the last day, the oldest first."""
    releases: Mapping[str, int]
    """Events by release."""
    deployed: tuple[Release, ...] = ()
    """The project's newest releases, the newest first."""
    sample: Sample | None = None
    event: Event | None = None
    unread: str = ""
    """Why there is no event of the sample."""
    similar: tuple[Issue, ...] | None = None
    """None where nobody asked for them."""


def asking(asked: Asked, sources: ErrorSources) -> Asking:
    return Asking(
        parameters.project(asked, sources.projects),
        parameters.identifier(asked),
        parameters.whole(asked, "sample", 1, MOST_SAMPLES, 1),
        bool(parameters.whole(asked, "similar", 0, 1, 0)),
    )


def read(asking: Asking, sources: ErrorSources) -> Shown:
    issue = sources.issue(asking.project, asking.id)
    if issue is None:
        raise NotFoundError("there is no such issue (it may be older than issues are kept)")
    sample = issue.samples[-min(asking.sample, len(issue.samples))] if issue.samples else None
    event, unread = _event(sample, sources)
    return Shown(
        issue,
        tuple(sources.errors.hours(issue, 24, sources.at)),
        sources.errors.releases_of(issue),
        tuple(sources.errors.releases(asking.project, limit=_RELEASES)),
        sample,
        event,
        unread,
        _similar(issue, sources) if asking.similar else None,
    )


def _event(sample: Sample | None, sources: ErrorSources) -> tuple[Event | None, str]:
    try:
        return (sources.sample(sample) if sample else None), ""
    except UnreadSampleError as error:
        return None, str(error)


def _similar(issue: Issue, sources: ErrorSources) -> tuple[Issue, ...]:
    """Of the same culprit or of the same kind of error, the newest first."""
    kind = issue.title.partition(":")[0]
    alike = (
        other
        for other in sources.errors.issues(issue.project, limit=_SEARCHED)
        if other.id != issue.id and (other.culprit == issue.culprit or other.title.partition(":")[0] == kind)
    )
    return tuple(alike)[:_SIMILAR]


def render(asking: Asking, shown: Shown, page: Page) -> Element:
    back = {"view": issues.NAME, "project": asking.project}
    event = occurrence(shown.event) if shown.event is not None else None
    return element(
        "div",
        element("nav", page.surface.link(back, "← Issues"), class_="back", aria_label="Back"),
        _head(shown.issue, page),
        actions(asking.as_parameters(similar=True), shown.issue, shown.deployed, shown.similar, page),
        summary(shown.issue, shown.hours, page),
        element(
            "div",
            element("div", _samples(asking, shown, page), *_event_parts(shown, event), class_="main"),
            element("aside", *aside(shown.issue, shown.releases, event, page), aria_label="About this issue"),
            class_="columns",
        ),
        class_="one",
    )


def _head(issue: Issue, page: Page) -> Element:
    said = state_of(issue, page.at)
    return element(
        "header",
        element("h2", cut(issue.title, 300)),
        element("p", cut(issue.culprit, 300), class_="culprit") if issue.culprit else None,
        element(
            "p",
            badge(issue),
            element("span", said) if said else None,
            element("span", cut(issue.level, 20)),
            element("span", issue.project),
            element("span", f"from {SOURCES[issue.source]}"),
            element("span", issue.id, class_="mono"),
            class_="facts",
        ),
        class_=f"title-of {issues.level_class(issue)}",
    )


def _samples(asking: Asking, shown: Shown, page: Page) -> Element:
    number, last = min(asking.sample, len(shown.issue.samples)), len(shown.issue.samples)
    if shown.sample is None:
        return element("p", "No sample of it is kept.", class_="empty")
    return element(
        "nav",
        page.surface.link(asking.as_parameters(number - 1), "← Newer", class_="button") if number > 1 else None,
        page.surface.link(asking.as_parameters(number + 1), "Older →", class_="button") if number < last else None,
        element(
            "span",
            f"Sample {number} of {last}, ",
            moment(shown.sample.at),
            *((", ", version(shown.sample.release)) if shown.sample.release else ()),
            class_="quiet",
        ),
        class_="pages",
        aria_label="Samples",
    )


def _event_parts(shown: Shown, event: Occurrence | None) -> Iterable[Element]:
    if event:
        return event_parts(event)
    return [element("p", f"This sample cannot be shown: {shown.unread}.", class_="empty")] if shown.unread else []


VIEW: Final = View(NAME, "one issue (`project`, `id`, `sample`)", lambda sources: sources.errors, asking, read, render)
