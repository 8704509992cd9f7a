"""The production checklist as it was answered last, and where the newest reviews are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element

from lambdas.checklist.words import MARKS, by_section, counts, difference, headline
from lambdas.operator_view.parameters import Asked
from lambdas.operator_view.report_sources import ReportSources, StoredPage
from lambdas.operator_view.view import Page, View
from lambdas.operator_view.views.parts import card, pairs
from lambdas.operator_view.words import time
from lambdas.shared.markup import element
from lambdas.shared.quantities import moment
from lambdas.vocabulary.checklist import BAD, Answer, Report, Section, Verdict

NAME: Final = "checklist"
_BADGES: Final = {
    Verdict.PASS: "resolved",
    Verdict.ATTESTED: "resolved",
    Verdict.FAIL: "open",
    Verdict.UNKNOWN: "regressed",
    Verdict.WAIVED: "regressed",
    Verdict.NOT_APPLICABLE: "muted",
}


@dataclass(frozen=True)
class Asking:
    def as_parameters(self) -> dict[str, Any]:
        return {"view": NAME}


@dataclass(frozen=True)
class Shown:
    report: Report | None
    pages: tuple[StoredPage, ...]


def asking(_: Asked, __: ReportSources) -> Asking:
    return Asking()


def read(_: Asking, sources: ReportSources) -> Shown:
    return Shown(sources.checklist(), sources.pages())


def render(_: Asking, shown: Shown, page: Page) -> Element:
    report = shown.report
    return element(
        "div",
        element("header", element("h2", "Checklist"), class_="head"),
        *(_answered(report, page) if report else [_nothing()]),
        _reports(shown.pages, page),
        class_="checklist",
    )


def _nothing() -> Element:
    return element("p", "It was not answered yet: every day at 06:00 UTC, and by ops checklist.", class_="empty")


def _answered(report: Report, page: Page) -> list[Element | None]:
    state = "resolved" if report.ready else "open"
    return [
        element(
            "p",
            element("span", "ready" if report.ready else "not ready", class_=f"badge {state}"),
            element("strong", headline(report)),
            element("span", counts(report)),
            element("span", "answered ", time(report.at, page.at)),
            class_="facts",
        ),
        _changes(report),
        *(_section(section, answers) for section, answers in by_section(report)),
    ]


def _changes(report: Report) -> Element | None:
    if not report.changed or not report.compared_with:
        return None
    changes = (element("li", difference(each)) for each in report.changed)
    return card(f"Changed since {moment(report.compared_with)}", element("ul", *changes, class_="lines"))


def _section(section: Section, answers: Sequence[Answer]) -> Element:
    bad = sum(answer.verdict in BAD for answer in answers)
    title = f"{section.heading}: {len(answers) - bad} of {len(answers)}"
    return card(title, *map(_answer, sorted(answers, key=lambda answer: answer.verdict not in BAD)))


def _answer(answer: Answer) -> Element:
    facts = [
        ("Line", answer.line),
        ("Check", f"{answer.check} ({answer.importance.value})"),
        ("Remedy", answer.remedy),
        *((seen.resource, seen.value) for seen in answer.seen),
        ("Asked", ", ".join(sorted({call.action for call in answer.calls}))),
    ]
    return element(
        "details",
        element(
            "summary",
            element(
                "span", f"{MARKS[answer.verdict]} {answer.verdict.value}", class_=f"badge {_BADGES[answer.verdict]}"
            ),
            " ",
            element("strong", answer.question),
            " ",
            element("span", answer.text, class_="quiet"),
        ),
        pairs([(name, value) for name, value in facts if value]),
        class_="answer",
        open="open" if answer.blocks else None,
    )


def _reports(pages: Sequence[StoredPage], page: Page) -> Element:
    rows = (element("li", element("strong", stored.kind.value), " ", *_where(stored, page)) for stored in pages)
    return card("Newest reports", element("ul", *rows, class_="lines"))


def _where(stored: StoredPage, page: Page) -> list[Element]:
    if stored.at is None:
        return [element("span", "none yet", class_="quiet")]
    made = time(stored.at, page.at)
    if not stored.address:
        return [made]
    return [element("a", made, href=stored.address, class_="link", target="_blank", rel="noreferrer")]


VIEW: Final = View(
    NAME,
    "whether the environment is ready for production, and the newest reports",
    lambda sources: sources.reports,
    asking,
    read,
    render,
    title="Checklist",
)
