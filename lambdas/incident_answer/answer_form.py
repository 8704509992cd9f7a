"""The form by which a person answers: three buttons that mean different things, and a note."""

from xml.etree.ElementTree import Element

from lambdas.incident_answer.form import LONGEST_NOTE, SNOOZES, Form
from lambdas.shared.incidents.links import Link
from lambdas.shared.markup import element
from lambdas.vocabulary.incidents import Answer, Incident


def answer_form(incident: Incident, link: Link, action: str, nonce: str, people: tuple[str, ...]) -> Element:
    """Of what is over, only notes are taken."""
    return element(
        "form",
        element("h2", "Answer"),
        element("input", type="hidden", name=Form.NONCE, value=nonce),
        _who(link, people),
        *(_buttons(incident, link.person) if incident.is_open else ()),
        _note(),
        method="post",
        action=action,
        class_="answer",
    )


def _who(link: Link, people: tuple[str, ...]) -> Element:
    if link.person:
        return element("p", "You answer as ", element("strong", link.person), ".", class_="quiet")
    options = [element("option", name, value=name) for name in people]
    return element(
        "div",
        element("label", "Who are you?", for_="person"),
        element(
            "select",
            element("option", "Choose your name", value=""),
            *options,
            id="person",
            name=Form.PERSON,
            required="required",
        ),
        element("p", "This link names nobody, so your answer is shown as “not proven”.", class_="quiet"),
        class_="field",
    )


def _buttons(incident: Incident, person: str) -> list[Element]:
    has_it = bool(person) and incident.taken_by == person
    found = [
        _button(Answer.TAKE, "Still on it" if has_it else "Take it", "nobody else is paged meanwhile", "main"),
        element(
            "div",
            element("label", "Snooze for", for_="minutes"),
            element(
                "select",
                *(element("option", said, value=minutes) for minutes, said in SNOOZES.items()),
                id="minutes",
                name=Form.MINUTES,
            ),
            _button(Answer.SNOOZE, "Snooze", "", ""),
            class_="snooze",
        ),
        _button(Answer.CANNOT, "I cannot", "pages the next person at once", "cannot"),
    ]
    if incident.lasting and not any(each.has_end for each in incident.lasting):
        found.append(_button(Answer.RESOLVE, "It is done", "nothing here ends by itself", ""))
    return found


def _note() -> Element:
    return element(
        "div",
        element("label", "Note for the timeline, with your answer or alone", for_="note"),
        element("textarea", "", id="note", name=Form.NOTE, rows=2, maxlength=LONGEST_NOTE),
        _button(Answer.NOTE, "Only the note", "", "small"),
        class_="field",
    )


def _button(answer: Answer, label: str, meaning: str, kind: str) -> Element:
    return element(
        "button",
        element("strong", label),
        element("span", f" {meaning}") if meaning else None,
        type="submit",
        name=Form.ANSWER,
        value=answer.value,
        class_=kind or None,
    )
