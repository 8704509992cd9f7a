"""What several views show alike."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from lambdas.shared.markup import Child, element


def card(heading: str, *children: Child) -> Element:
    return element("section", element("h3", heading), *children, class_="card")


def pairs(found: Sequence[tuple[str, str]]) -> Element:
    """Names and values."""
    rows = (row for name, value in found for row in (element("dt", name), element("dd", value or "(empty)")))
    return element("dl", *rows, class_="pairs")


def fact(name: str, *value: Child) -> Element:
    """One of a summary."""
    return element("div", element("dt", name), element("dd", *value))


def menu(title: str, choices: Iterator[Element]) -> Element:
    return element("details", element("summary", title, class_="button"), element("div", *choices), class_="menu")
