"""The events of some hours as bars, inline SVG."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from lambdas.operator_view.words import count
from lambdas.shared.markup import element
from lambdas.shared.quantities import counted
from lambdas.shared.svg import bar

_STEP: Final = 5
_BAR: Final = 4
_HEIGHT: Final = 28
_LEAST: Final = 3
"""One event must be seen beside a thousand."""


def sparkline(hours: Sequence[int], class_: str = "spark") -> Element:
    """`hours` are counts, the oldest first."""
    width = max(len(hours), 1) * _STEP - (_STEP - _BAR)
    top = max(hours, default=0) or 1
    bars = "".join(_bar(place, value, top) for place, value in enumerate(hours) if value)
    return element(
        "svg",
        element("path", d=f"M0 {_HEIGHT - 0.5}H{width}", class_="base"),
        element("path", d=bars, class_="bars") if bars else None,
        class_=class_,
        viewBox=f"0 0 {width} {_HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=_said(hours),
    )


def _bar(place: int, value: int, top: int) -> str:
    height = max(round(value / top * _HEIGHT, 1), _LEAST)
    return bar(place * _STEP, _BAR, height, _HEIGHT)


def _said(hours: Sequence[int]) -> str:
    if not any(hours):
        return f"no event in {counted(len(hours), 'hour')}"
    return f"{counted(sum(hours), 'event')} in {counted(len(hours), 'hour')}, at most {count(max(hours))} in one"
