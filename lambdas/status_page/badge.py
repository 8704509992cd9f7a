"""A service's state and uptime as a small picture, for a README or another page."""

from typing import Final
from urllib.parse import quote
from xml.etree.ElementTree import Element

from lambdas.shared.markup import element, xml
from lambdas.status_page import words
from lambdas.status_page.icon import COLOURS
from lambdas.status_page.overview import Overview
from lambdas.status_page.service import DAYS, Service
from lambdas.vocabulary.endpoints import State

FOLDER: Final = "badge/"
_HEIGHT, _PADDING, _TEXT_AT = 20, 6, 14
_LETTER: Final = 6.6  # pixels of a letter of 11 pixels, which `textLength` makes true in any font
_LABEL_COLOUR: Final = "#3d444d"


def badge_name(service: str) -> str:
    """`badge/<service>.svg`, with dashes for the name's spaces; no two endpoints have the same then."""
    return f"{FOLDER}{quote(service.replace(' ', '-'), safe='')}.svg"


def badge(service: Service, overview: Overview) -> bytes:
    """It changes with the state and the uptime alone."""
    state = State.UNKNOWN if overview.is_stale else service.state
    said = words.STATES[state].lower() if service.counts else "maintenance"
    value = f"{said} · {words.percent(service.uptime)}" if service.uptime is not None else said
    colour = COLOURS[state] if service.counts else COLOURS["maintenance"]
    left, right = _width(service.name), _width(value)
    title = f"{service.name}: {said}, {words.percent(service.uptime)} up in {DAYS} days"
    return xml(
        element(
            "svg",
            element("title", title),
            element("rect", width=left, height=_HEIGHT, fill=_LABEL_COLOUR),
            element("rect", x=left, width=right, height=_HEIGHT, fill=colour),
            element(
                "g",
                _text(service.name, left / 2, left),
                _text(value, left + right / 2, right),
                fill="#fff",
                text_anchor="middle",
                font_family="Verdana,Geneva,DejaVu Sans,sans-serif",
                font_size="11",
            ),
            xmlns="http://www.w3.org/2000/svg",
            width=left + right,
            height=_HEIGHT,
            role="img",
            aria_label=title,
        )
    )


def _width(text: str) -> int:
    return round(len(text) * _LETTER) + 2 * _PADDING


def _text(text: str, middle: float, width: int) -> Element:
    return element("text", text, x=f"{middle:g}", y=_TEXT_AT, textLength=width - 2 * _PADDING)
