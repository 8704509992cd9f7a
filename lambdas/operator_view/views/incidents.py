"""The incidents: who is on call, what is open, and how soon those of the last months were taken and ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from lambdas.operator_view.incident_sources import IncidentSources
from lambdas.operator_view.parameters import Asked
from lambdas.operator_view.view import Page, View
from lambdas.operator_view.views.incident_buttons import buttons, person, who_answers
from lambdas.operator_view.views.parts import card, fact
from lambdas.operator_view.words import time
from lambdas.shared.incidents.figures import Month, Times, months
from lambdas.shared.incidents.times import is_untaken, time_to_acknowledge, time_to_resolve
from lambdas.shared.incidents.words import marks, one_line, who_has_it
from lambdas.shared.markup import Child, element
from lambdas.shared.quantities import counted, duration
from lambdas.shared.texts import cut
from lambdas.vocabulary.incidents import Incident
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.on_call import Shift

NAME: Final = "incidents"
SHOWN: Final = timedelta(days=90)
NONE: Final = "-"
_TITLE: Final = 160
_LEVELS: Final = list(Level)


@dataclass(frozen=True)
class Asking:
    by: str = ""
    """Who looks, as they say."""

    def as_parameters(self) -> dict[str, Any]:
        return {"view": NAME, "by": self.by} if self.by else {"view": NAME}


@dataclass(frozen=True)
class Listed:
    open: tuple[Incident, ...]
    """The worst first, and of a level the oldest."""
    past: tuple[Incident, ...]
    """Those of the last days that are over, newest first."""
    months: tuple[Month, ...]
    people: tuple[str, ...]
    timezone: str
    now: Shift
    next: Shift


def asking(asked: Asked, sources: IncidentSources) -> Asking:
    return Asking(person(asked, sources.people))


def read(_: Asking, sources: IncidentSources) -> Listed:
    found = sources.since(SHOWN)
    current = [each for each in sources.table.open_incidents() if each.is_open]
    now, following = sources.shifts()
    return Listed(
        tuple(sorted(current, key=lambda each: (_LEVELS.index(each.level), each.opened_at))),
        tuple(each for each in found if not each.is_open),
        tuple(months(found, sources.rota.timezone)),
        sources.people,
        sources.rota.timezone,
        now,
        following,
    )


def render(asking: Asking, listed: Listed, page: Page) -> Element:
    return element(
        "div",
        element("header", element("h2", "Incidents"), class_="head"),
        _on_call(listed, page),
        who_answers(asking.as_parameters(), asking.by, listed.people, page) if listed.open else None,
        *(_open(each, asking, page) for each in listed.open),
        None if listed.open else element("p", "No incident is open.", class_="empty"),
        _figures(listed.months),
        _past(listed.past, asking, page),
        class_="incidents",
    )


def _on_call(listed: Listed, page: Page) -> Element:
    """By the rota's clock: people live by it."""
    until = listed.now.until.astimezone(ZoneInfo(listed.timezone))
    when = f"{until:%a} {until.day} {until:%b, %H:%M} ({listed.timezone})"
    return element(
        "dl",
        fact("On call", element("strong", _name(listed.now.person))),
        fact("Backup", element("strong", _name(listed.now.backup))),
        fact(
            "Until",
            element("span", when),
            element("span", f"in {duration(listed.now.until - page.at)}", class_="quiet"),
        ),
        fact(
            "Then", element("span", _name(listed.next.person)), element("span", f"backup {_name(listed.next.backup)}")
        ),
        class_="summary",
    )


def _name(name: str | None) -> str:
    return cut(one_line(name), 40) if name else "nobody"


def _open(incident: Incident, asking: Asking, page: Page) -> Element:
    to = {"view": "incident", "incident": incident.number, **({"by": asking.by} if asking.by else {})}
    lasting = [subject for subject in incident.lasting if subject.title]
    first = next(iter(lasting or incident.subjects), None)
    return element(
        "section",
        element("h3", page.surface.link(to, cut(f"{incident.number}: {incident.title}", _TITLE)), class_="title"),
        element("p", *facts(incident, page), class_="facts"),
        element("p", cut(first.measured, 200)) if first and first.measured else None,
        buttons(incident, asking.by, page),
        class_=f"card open {level_class(incident)}",
    )


def facts(incident: Incident, page: Page) -> Iterator[Child]:
    yield element("span", incident.state.value, class_=f"badge {incident.state.value}")
    yield element("span", incident.level.value)
    yield element("span", cut(who_has_it(incident, page.at), 120))
    yield element("span", "since ", time(incident.opened_at, page.at))
    if len(incident.subjects) > 1:
        yield element("span", counted(len(incident.subjects), "alarm"))
    for mark in marks(incident):
        yield element("span", mark, class_="badge muted")


def level_class(incident: Incident) -> str:
    return f"level-{incident.level.value}"


def _figures(found: Sequence[Month]) -> Element | None:
    if not found:
        return None
    headings = (
        ("Month", ""),
        ("Incidents", "number"),
        ("To acknowledge: median", "number"),
        ("worst", "number"),
        ("To resolve: median", "number"),
        ("worst", "number"),
        ("Recovered untaken", "number wide"),
        ("Flapping", "number wide"),
    )
    rows = (element("tr", *_month(each)) for each in found)
    return card(
        "How soon",
        _table("Figures by month, the newest first", headings, rows),
        element(
            "p", "Test pages are not counted. There are no means: one long outage would move them.", class_="quiet"
        ),
    )


def _month(month: Month) -> Iterator[Element]:
    yield element("th", month.name, scope="row")
    yield element("td", str(month.count), class_="number")
    for found in (month.acknowledged, month.resolved):
        yield element("td", _time(found, found.median), class_="number")
        yield element("td", _time(found, found.worst), class_="number")
    yield element("td", str(month.untaken), class_="number wide")
    yield element("td", str(month.flapping), class_="number wide")


def _time(found: Times, value: timedelta | None) -> str:
    return duration(value) if found.count and value is not None else NONE


def _past(past: Sequence[Incident], asking: Asking, page: Page) -> Element | None:
    if not past:
        return None
    headings = (("Incident", ""), ("Taken in", "number"), ("Ended in", "number"), ("Opened", "wide"))
    rows = (element("tr", *_one(each, asking, page)) for each in past)
    return card(f"The last {SHOWN.days} days", _table("Incidents that are over, the newest first", headings, rows))


def _one(incident: Incident, asking: Asking, page: Page) -> Iterator[Element]:
    to = {"view": "incident", "incident": incident.number, **({"by": asking.by} if asking.by else {})}
    title = element("strong", cut(f"{incident.number}: {incident.title}", _TITLE))
    said = [
        incident.level.value,
        *marks(incident),
        *(["recovered before anybody took it"] if is_untaken(incident) else []),
    ]
    acknowledged, resolved = time_to_acknowledge(incident), time_to_resolve(incident)
    yield element(
        "td",
        page.surface.link(to, title, class_="link title"),
        element("span", ", ".join(said), class_="facts"),
        class_=f"issue {level_class(incident)}",
    )
    yield element("td", duration(acknowledged) if acknowledged is not None else NONE, class_="number")
    yield element("td", duration(resolved) if resolved is not None else NONE, class_="number")
    yield element("td", time(incident.opened_at, page.at), class_="wide seen")


def _table(caption: str, headings: Sequence[tuple[str, str]], rows: Iterator[Element]) -> Element:
    head = element("tr", *(element("th", name, scope="col", class_=class_ or None) for name, class_ in headings))
    parts = (element("caption", caption, class_="unseen"), element("thead", head), element("tbody", *rows))
    return element("div", element("table", *parts), class_="scrolled", tabindex="0", role="group", aria_label=caption)


VIEW: Final = View(
    NAME,
    "who is on call, open incidents, and those of the last 90 days with figures (`by`)",
    lambda sources: sources.incidents,
    asking,
    read,
    render,
    title="Incidents",
)
