"""One incident: what is wrong, who has it, what is suspect, and what happened when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote
from xml.etree.ElementTree import Element

from lambdas.operator_view import parameters
from lambdas.operator_view.incident_sources import IncidentSources
from lambdas.operator_view.parameters import Asked
from lambdas.operator_view.view import NotFoundError, Page, View
from lambdas.operator_view.views import incidents
from lambdas.operator_view.views.incident_buttons import buttons, person, who_answers
from lambdas.operator_view.views.incidents import NONE, facts, level_class
from lambdas.operator_view.views.parts import card, fact
from lambdas.operator_view.words import time
from lambdas.shared.documents.document import Link
from lambdas.shared.incidents.review.write import HTML, key_of
from lambdas.shared.incidents.times import lasted, subject_lasted, time_to_acknowledge
from lambdas.shared.incidents.words import entry_text, one_line, title_of
from lambdas.shared.markup import Child, element
from lambdas.shared.quantities import duration, moment
from lambdas.shared.texts import cut
from lambdas.vocabulary.incidents import Action, Entry, Evidence, Gathered, Incident, State, Subject

NAME: Final = "incident"
HIGHEST: Final = 10**9 - 1
_TITLE: Final = 300


@dataclass(frozen=True)
class Asking:
    number: int
    by: str = ""
    """Who looks, as they say."""

    def as_parameters(self) -> dict[str, Any]:
        return {"view": NAME, "incident": self.number, **({"by": self.by} if self.by else {})}


@dataclass(frozen=True)
class Shown:
    incident: Incident
    timeline: tuple[Entry, ...]
    gathered: Gathered | None
    actions: tuple[Action, ...]
    people: tuple[str, ...] = ()
    reviews: str = ""


def asking(asked: Asked, sources: IncidentSources) -> Asking:
    return Asking(parameters.whole(asked, "incident", 1, HIGHEST), person(asked, sources.people))


def read(asking: Asking, sources: IncidentSources) -> Shown:
    found = sources.table.incident(asking.number)
    if found is None:
        raise NotFoundError("there is no incident of this number")
    return Shown(
        found,
        tuple(sources.table.timeline(asking.number)),
        sources.table.evidence(asking.number),
        tuple(each for each in sources.actions() if each.incident == asking.number),
        sources.people,
        sources.reviews,
    )


def render(asking: Asking, shown: Shown, page: Page) -> Element:
    incident = shown.incident
    back = incidents.Asking(asking.by).as_parameters()
    choice = who_answers(asking.as_parameters(), asking.by, shown.people, page) if incident.is_open else None
    return element(
        "div",
        element("nav", page.surface.link(back, "← Incidents"), class_="back", aria_label="Back"),
        _head(incident, page),
        choice,
        element("div", buttons(incident, asking.by, page), class_="actions"),
        _summary(incident, page),
        element(
            "div",
            element("div", *_evidence(shown.gathered), _timeline(shown.timeline), class_="main"),
            element("aside", *_aside(shown, page), aria_label="About this incident"),
            class_="columns",
        ),
        class_="one",
    )


def _head(incident: Incident, page: Page) -> Element:
    return element(
        "header",
        element("h2", cut(f"{incident.number}: {incident.title}", _TITLE)),
        element("p", *facts(incident, page), class_="facts"),
        class_=f"title-of {level_class(incident)}",
    )


def _summary(incident: Incident, page: Page) -> Element:
    acknowledged = time_to_acknowledge(incident)
    return element(
        "dl",
        fact("Opened", element("span", moment(incident.opened_at))),
        fact("Resolved" if incident.resolved_at else "Lasts", *_end(incident, page)),
        fact("Time to acknowledge", element("strong", duration(acknowledged) if acknowledged is not None else NONE)),
        fact("Paged", element("span", _names(incident.paged) or "nobody")),
        fact("Could not", element("span", _names(incident.declined))) if incident.declined else None,
        class_="summary",
    )


def _end(incident: Incident, page: Page) -> Iterator[Child]:
    yield element("strong", duration(lasted(incident, page.at)))
    if incident.resolved_at:
        yield time(incident.resolved_at, page.at)


def _names(names: Sequence[str]) -> str:
    return cut(", ".join(map(one_line, names)), 200)


def _evidence(gathered: Gathered | None) -> Iterator[Element]:
    """What is suspect first."""
    if gathered is None:
        yield card("Evidence", element("p", "None was gathered yet.", class_="quiet"))
        return
    for each in sorted(gathered.evidence, key=lambda each: not each.suspected):
        yield _source(each)


def _source(evidence: Evidence) -> Element:
    suspect = element("p", element("span", "suspect", class_="badge triggered")) if evidence.suspected else None
    if evidence.failed:
        return card(cut(evidence.source, 80), element("p", f"Not known: {cut(evidence.failed, 300)}", class_="quiet"))
    lines = [element("li", cut(line, 500)) for line in evidence.lines]
    said = element("ul", *lines, class_="lines") if lines else element("p", "Nothing of note.", class_="quiet")
    return card(cut(evidence.source, 80), suspect, said)


def _timeline(entries: Sequence[Entry]) -> Element:
    rows = (element("tr", *_entry(each)) for each in entries)
    caption = element("caption", "What happened, the oldest first (UTC)", class_="unseen")
    head = element("tr", element("th", "UTC", scope="col"), element("th", "What", scope="col"))
    table = element("table", caption, element("thead", head), element("tbody", *rows), class_="crumbs happened")
    return card("Timeline", table if entries else element("p", "Nothing was recorded.", class_="quiet"))


def _entry(entry: Entry) -> tuple[Element, Element]:
    said = element("time", _clock(entry.at), datetime=entry.at.astimezone(UTC).isoformat(), title=moment(entry.at))
    return element("td", said), element("td", cut(entry_text(entry), 500))


def _clock(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %H:%M:%S}"


def _aside(shown: Shown, page: Page) -> Iterator[Child]:
    subjects = [element("li", *_subject(each, page)) for each in shown.incident.subjects]
    yield card("Alarms", element("ul", *subjects, class_="commits"))
    if shown.actions:
        yield card(
            "Actions", element("ul", *(element("li", *_action(each)) for each in shown.actions), class_="commits")
        )
    if shown.incident.state is State.CLOSED and not shown.incident.is_test and shown.reviews:
        yield card("Review", _review(shown))


def _subject(subject: Subject, page: Page) -> Iterator[Child]:
    took = subject_lasted(subject, page.at)
    yield element("span", cut(title_of(subject), 160))
    if subject.measured:
        yield element("span", cut(subject.measured, 160), class_="culprit")
    yield element(
        "span",
        element("span", subject.level.value),
        element("span", "lasts" if subject.lasts and subject.has_end else "over" if subject.has_end else "happened"),
        element("span", duration(took)) if took is not None else None,
        element("span", f"{subject.times} times") if subject.times > 1 else None,
        *_links(Link("Runbook", subject.runbook), Link("Console", subject.console)),
        class_="facts",
    )


def _links(*links: Link) -> Iterator[Child]:
    for link in links:
        if link.is_safe:
            yield element("a", link.label, href=link.url, class_="link", target="_blank", rel="noreferrer")


def _action(action: Action) -> Iterator[Child]:
    yield element("span", cut(action.text, 160))
    ticket = f", {cut(action.ticket, 60)}" if action.ticket else ""
    state = "done" if action.done_at else f"due {action.due}"
    yield element("span", f"{cut(action.owner, 60)}, {state}{ticket}", class_="facts")


def _review(shown: Shown) -> Element:
    url = shown.reviews + quote(key_of(shown.incident.number, HTML))
    return element("p", element("a", "The draft in S3", href=url, class_="link", target="_blank", rel="noreferrer"))


VIEW: Final = View(
    NAME,
    "one incident (`incident`, `by`)",
    lambda sources: sources.incidents,
    asking,
    read,
    render,
)
