"""What can be answered to an incident, once somebody has said who they are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element

from lambdas.operator_view.parameters import Asked, BadParameterError
from lambdas.operator_view.view import Page
from lambdas.operator_view.views.parts import menu
from lambdas.shared.markup import Child, element
from lambdas.shared.texts import cut
from lambdas.vocabulary.incidents import Answer, Incident

SNOOZES: Final = {"For 30 min": 30, "For 2 h": 120, "Until morning": 0}
"""Minutes."""


def person(asked: Asked, people: Sequence[str]) -> str:
    """Who looks, as they say; empty while they have not."""
    by = asked.get("by") or ""
    if by and by not in people:
        raise BadParameterError("by is not one of the people on call")
    return str(by)


def who_answers(asking: Mapping[str, Any], by: str, people: Sequence[str], page: Page) -> Element:
    """A choice: neither CloudWatch nor this machine proves who looks."""
    choices = (
        element("span", cut(each, 40), class_="tab chosen", aria_current="true")
        if each == by
        else page.surface.link({**asking, "by": each}, cut(each, 40), class_="tab")
        for each in people
    )
    return element(
        "p",
        element("span", "Answer as", class_="quiet"),
        element("span", *choices, class_="tabs", role="group", aria_label="Answer as"),
        element("span", "not proven: the timeline says so", class_="quiet"),
        class_="facts who",
    )


def buttons(incident: Incident, by: str, page: Page) -> Element | None:
    """Of an open one; nobody in particular answers nothing."""
    if not incident.is_open:
        return None
    if not by:
        return element("p", "Say who you are, and you can answer.", class_="quiet")
    return element("div", *_buttons(incident, by, page), class_="bar")


def _buttons(incident: Incident, by: str, page: Page) -> Iterator[Child]:
    mine = incident.taken_by == by
    yield _button(incident, by, Answer.TAKE, "I am still on it" if mine else "Take it", page)
    yield menu("Snooze", (_snooze(incident, by, label, page) for label in SNOOZES))
    yield _button(incident, by, Answer.CANNOT, "I cannot", page)
    if not any(subject.lasts and subject.has_end for subject in incident.subjects):
        yield _button(incident, by, Answer.RESOLVE, "Resolve", page)


def _snooze(incident: Incident, by: str, label: str, page: Page) -> Element:
    return _button(incident, by, Answer.SNOOZE, label, page, minutes=SNOOZES[label])


def _button(incident: Incident, by: str, answer: Answer, label: str, page: Page, **more: int) -> Element:
    payload = {"action": answer.value, "incident": incident.number, "by": by, **more}
    class_ = "button main" if answer is Answer.TAKE else "button"
    return page.surface.button(payload, label, class_=class_)
