"""The answered checklist as one page of HTML that needs nothing from elsewhere, for reading and for printing."""

import importlib.resources
from functools import cache
from xml.etree.ElementTree import Element

from lambdas.checklist.words import MARKS, by_section, counts, difference, headline
from lambdas.shared.markup import element, html
from lambdas.shared.quantities import counted, moment
from lambdas.vocabulary.checklist import Answer, Report, Section, Verdict

_OPENED = (Verdict.FAIL, Verdict.UNKNOWN)
"""Their details are open: a person has to read them."""


def page(report: Report) -> bytes:
    return html(
        element(
            "html",
            element(
                "head",
                element("meta", charset="utf-8"),
                element("meta", name="viewport", content="width=device-width, initial-scale=1"),
                element("meta", name="robots", content="noindex"),
                element("title", f"Checklist: {headline(report)}"),
                element("style", _style()),
            ),
            element("body", element("main", *parts(report)), class_="checklist"),
            lang="en",
        )
    )


def parts(report: Report) -> list[Element]:
    """The page's content, also for a page that has a head of its own."""
    found = [
        _head(report),
        _not_kept(report),
        _changes(report),
        _blockers(report),
        _notes(report),
        _contents(report),
        *(_section(section, answers) for section, answers in by_section(report)),
    ]
    return [part for part in found if part is not None]


def _head(report: Report) -> Element:
    state = "ready" if report.ready else "blocked"
    return element(
        "header",
        element("h1", headline(report), class_=state),
        element("p", counts(report), class_="counts"),
        element("p", f"Answered {moment(report.at)} in {report.seconds:g} s. Owner: {report.owner}.", class_="quiet"),
    )


def _not_kept(report: Report) -> Element | None:
    if not report.not_kept:
        return None
    return element("p", f"The evidence of this report was not kept: {report.not_kept}", class_="warning")


def _changes(report: Report) -> Element | None:
    if not report.compared_with:
        return None
    changes = [element("li", difference(each)) for each in report.changed]
    return element(
        "section",
        element("h2", f"Changed since {moment(report.compared_with)}"),
        element("ul", *changes) if changes else element("p", "Nothing.", class_="quiet"),
    )


def _blockers(report: Report) -> Element | None:
    if report.ready:
        return None
    rows = (
        element(
            "li",
            element("a", answer.question, href=f"#{answer.check}"),
            element("span", answer.text, class_="why"),
        )
        for answer in report.blockers
    )
    return element("section", element("h2", "Blockers"), element("ul", *rows, class_="blockers"))


def _notes(report: Report) -> Element | None:
    if not report.notes:
        return None
    return element("section", element("h2", "Soon"), element("ul", *(element("li", note) for note in report.notes)))


def _contents(report: Report) -> Element:
    items = (
        element(
            "li",
            element("a", section.heading, href=f"#section-{section}"),
            element("span", _sum(answers), class_="quiet"),
        )
        for section, answers in by_section(report)
    )
    return element("nav", element("ul", *items), aria_label="Sections", class_="contents")


def _sum(answers: list[Answer]) -> str:
    bad = sum(answer.verdict in _OPENED for answer in answers)
    return f"{bad} of {len(answers)} open" if bad else counted(len(answers), "check")


def _section(section: Section, answers: list[Answer]) -> Element:
    return element(
        "section",
        element("h2", section.heading, id=f"section-{section}"),
        *map(_answer, answers),
    )


def _answer(answer: Answer) -> Element:
    kind = answer.verdict.value.replace(" ", "-")
    summary = element(
        "summary",
        element("span", MARKS[answer.verdict], class_="mark", aria_hidden="true"),
        element("span", answer.question, class_="question"),
        element("span", answer.verdict.value, class_="verdict"),
        element("span", answer.text, class_="why"),
    )
    is_open = "open" if answer.verdict in _OPENED else None
    return element("details", summary, _details(answer), class_=f"answer {kind}", id=answer.check, open=is_open)


def _details(answer: Answer) -> Element:
    pairs = [
        ("Line", answer.line),
        ("Check", f"{answer.check} ({answer.importance.value})"),
        ("Remedy", answer.remedy),
        ("Runbook", f"docs/runbooks/{answer.runbook}.md" if answer.runbook else ""),
        ("Since", moment(answer.since) if answer.since else ""),
    ]
    rows = [element("div", element("dt", name), element("dd", said)) for name, said in pairs if said]
    if answer.seen:
        seen = (element("li", element("code", each.resource), f" {each.value}") for each in answer.seen)
        rows.append(element("div", element("dt", "Seen"), element("dd", element("ul", *seen))))
    if answer.calls:
        calls = (element("li", element("code", each.action), f" {moment(each.at)}") for each in answer.calls)
        rows.append(element("div", element("dt", "Asked"), element("dd", element("ul", *calls))))
    return element("dl", *rows)


@cache
def _style() -> str:
    return importlib.resources.files(__package__).joinpath("style.css").read_text()
