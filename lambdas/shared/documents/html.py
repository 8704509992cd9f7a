"""A document as one page of HTML that needs nothing from elsewhere, for reading and for printing."""

import importlib.resources
from functools import cache
from xml.etree.ElementTree import Element

from lambdas.shared.documents import charts
from lambdas.shared.documents.document import (
    Bars,
    Block,
    Bullets,
    Document,
    Facts,
    Grid,
    Inline,
    Link,
    Mark,
    Prompt,
    Section,
    Table,
    Text,
)
from lambdas.shared.markup import Child, element, html


def page(document: Document) -> bytes:
    return html(
        element(
            "html",
            element(
                "head",
                element("meta", charset="utf-8"),
                element("meta", name="viewport", content="width=device-width, initial-scale=1"),
                element("meta", name="robots", content="noindex"),
                element("title", document.title),
                element("style", _style()),
            ),
            element(
                "body",
                element("header", element("h1", document.title), _block(document.facts)),
                element("main", *(_section(each, 2) for each in document.sections)),
            ),
            lang="en",
        )
    )


def _section(section: Section, depth: int) -> Element:
    return element(
        "section",
        element(f"h{depth}", section.heading, *_mark(section.mark)),
        *map(_block, section.blocks),
        *(_section(part, depth + 1) for part in section.parts),
    )


def _mark(mark: Mark | None) -> tuple[Child, ...]:
    return (" ", element("span", mark.word, class_=f"mark {mark.tone}")) if mark else ()


def _block(block: Block) -> Element | None:
    match block:
        case Text(said):
            return element("p", said)
        case Prompt(asked):
            return element("p", asked, class_="prompt")
        case Facts(pairs):
            rows = (element("div", element("dt", name), element("dd", value)) for name, value in pairs)
            return element("dl", *rows)
        case Bullets(lines):
            return element("ul", *(element("li", _inline(line)) for line in lines)) if lines else None
        case Table():
            return _table(block)
        case Bars() | Grid():
            return _figure(block)


def _figure(graph: Bars | Grid) -> Element:
    if isinstance(graph, Grid):
        return element("figure", element("figcaption", graph.caption), charts.grid(graph))
    labels = element("div", *(element("span", label) for label in charts.ends(graph)))
    return element("figure", element("figcaption", graph.caption), charts.bars(graph), labels)


def _table(table: Table) -> Element:
    head = element("tr", *(element("th", heading, scope="col") for heading in table.headings))
    rows = (element("tr", *(element("td", _inline(cell)) for cell in row)) for row in table.rows)
    whole = element("table", element("thead", head), element("tbody", *rows))
    # Wider than a telephone, it moves by itself; with a tab index the keyboard can move it too.
    return element("div", whole, class_="table", tabindex="0", role="group", aria_label=", ".join(table.headings))


def _inline(said: Inline) -> Child:
    return _link(said) if isinstance(said, Link) else said


def _link(link: Link) -> Child:
    if not link.is_safe:
        return f"{link.label}: {link.url}"
    return element("a", link.label, href=link.url, rel="noreferrer")


@cache
def _style() -> str:
    return importlib.resources.files(__package__).joinpath("style.css").read_text()
