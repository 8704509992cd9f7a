"""What several views show alike."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from lambdas.shared.markup import Child, element


def card(heading: str, *children: Child) -> Element:
    return element("section", element("h3", heading), *children, class_="card")


def pairs(found: Sequence[tuple[str, str]]) -> Element:
    """Names and values."""
    rows = (row for name, value in found for row in (element("dt", name), element("dd", value or "(empty)")))
    return element("dl", *rows, class_="pairs")
