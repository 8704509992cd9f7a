"""The page of one incident: complete without a script, and without anything from elsewhere."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Self
from xml.etree.ElementTree import Element

from lambdas.incident_answer.answer_form import answer_form
from lambdas.incident_answer.details import evidence, subjects, timeline
from lambdas.incident_answer.sources import Duty, View
from lambdas.shared.incidents.links import Link
from lambdas.shared.incidents.words import marks, one_line, who_has_it
from lambdas.shared.markup import element, html
from lambdas.shared.quantities import duration, moment
from lambdas.vocabulary.incidents import State
from lambdas.vocabulary.on_call import OnCall

STYLE_SHEET: Final = files(__package__).joinpath("style.css").read_text()
_GOOD, _BAD = "+", "-"
_STATES: Final = {
    State.TRIGGERED: "Open",
    State.ACKNOWLEDGED: "Open",
    State.RESOLVED: "Resolved",
    State.CLOSED: "Closed",
}


@dataclass(frozen=True)
class Result:
    """One line about an answer."""

    text: str
    is_good: bool = True

    @classmethod
    def of(cls, written: str) -> Self | None:
        """As `str` writes it."""
        return cls(written[1:], written[0] == _GOOD) if written else None

    def __str__(self) -> str:
        return f"{_GOOD if self.is_good else _BAD}{self.text}"


@dataclass(frozen=True)
class Shown:
    """A view, and who looks at it by which link."""

    view: View
    link: Link
    action: str
    """Where the form is sent to."""
    nonce: str
    people: tuple[str, ...]
    result: Result | None
    """What the last answer did; None before one."""
    brand: str
    """Whose incident it is: the service and the environment."""


def page(shown: Shown) -> bytes:
    incident = shown.view.incident
    return html(
        element(
            "html",
            element(
                "head",
                element("meta", charset="utf-8"),
                element("meta", name="viewport", content="width=device-width, initial-scale=1"),
                element("meta", name="color-scheme", content="light dark"),
                element("meta", name="robots", content="noindex"),
                element("title", f"Incident {incident.number}: {one_line(incident.title)} · {shown.brand}"),
                element("style", STYLE_SHEET),
            ),
            element(
                "body",
                element("header", element("p", shown.brand, class_="brand")),
                element(
                    "main",
                    _result(shown.result) if shown.result else None,
                    _headline(shown.view),
                    _facts(shown.view),
                    _answering(shown),
                    subjects(incident, shown.view.at),
                    evidence(shown.view.gathered, shown.view.at),
                    timeline(shown.view.timeline),
                ),
            ),
            lang="en",
        )
    )


def _result(result: Result) -> Element:
    return element("p", result.text, class_="result" if result.is_good else "result bad", role="status")


def _headline(view: View) -> Element:
    incident = view.incident
    colour = incident.level.value if incident.is_open else "over"
    return element(
        "div",
        element("p", f"{incident.level.value.capitalize()} · Incident {incident.number}", class_="level"),
        element("h1", one_line(incident.title)),
        *(element("p", mark, class_="mark") for mark in marks(incident)),
        class_=f"headline {colour}",
    )


def _facts(view: View) -> Element:
    incident = view.incident
    facts = {
        "State": f"{_STATES[incident.state]}: {who_has_it(incident, view.at)}",
        "Since": f"{moment(incident.opened_at)}, {duration(view.at - incident.opened_at)} ago",
        "On call now": _on_call(view.duty.now),
        "Next": _next(view.duty),
    }
    return element(
        "dl",
        *(element("div", element("dt", name), element("dd", said)) for name, said in facts.items()),
        class_="facts",
    )


def _next(duty: Duty) -> str:
    return f"{_on_call(duty.next)}, from {duty.until:%a} {duty.until.day} {duty.until:%b, %H:%M %Z}"


def _on_call(people: OnCall) -> str:
    backup = f", backup {people.backup}" if people.backup else ", no backup"
    return f"{people.primary or 'nobody'}{backup}"


def _answering(shown: Shown) -> Element:
    """The form, or why there is none."""
    if shown.link.expired:
        return element(
            "div",
            element("h2", "This link has expired"),
            element(
                "p",
                "It shows the incident, and takes no answer. Each message about an incident has a link of its own: use"
                " the newest one. While the incident is open, reminders bring more of them.",
            ),
            class_="expired",
        )
    return answer_form(shown.view.incident, shown.link, shown.action, shown.nonce, shown.people)
