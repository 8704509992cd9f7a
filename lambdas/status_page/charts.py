"""A service's days and response times as inline SVG: classes only, so that a strict CSP lets the style in."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from lambdas.shared import svg
from lambdas.shared.markup import element
from lambdas.status_page import words
from lambdas.status_page.service import DayOfService, Service
from lambdas.vocabulary.endpoints import State

WIDTH_OF_DAY, GAP = 8, 2
HEIGHT = 40
_HEIGHTS: dict[str, int] = {
    State.UP: 24,
    State.SLOW: 29,
    State.DEGRADED: 34,
    State.DOWN: HEIGHT,
    State.UNKNOWN: 3,
    "maintenance": 12,
}
"""The worse the day, the taller its bar: colour alone does not show the state."""

_SCALES = (20, 50, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 10_000, 20_000, 30_000, 60_000)

PATHS: dict[str, str] = {
    State.UP: "M4 8.5l2.8 2.8L12 5.5",
    State.SLOW: "M8 4.2V8l2.6 1.8",
    State.DEGRADED: "M8 4.4v4.2M8 11.2v.2",
    State.DOWN: "M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6",
    State.UNKNOWN: "M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.1M8 11.3v.2",
    "maintenance": "M6.2 5.4v5.2M9.8 5.4v5.2",
}


def shape_of(day: DayOfService) -> str:
    """The day's state, or that there was nothing but announced maintenance."""
    return "maintenance" if day.maintenance and day.state is State.UNKNOWN else day.state


def icon(shape: str) -> Element:
    """A shape for each state, and for maintenance, beside the word that says it."""
    return element(
        "svg",
        element("circle", cx=8, cy=8, r=7),
        element("path", d=PATHS[shape]),
        class_="icon",
        viewBox="0 0 16 16",
        aria_hidden="true",
        focusable="false",
    )


def bars(service: Service) -> Element:
    """One bar per day; those with trouble or maintenance have a tooltip."""
    days = list(enumerate(service.days))
    plain = [_bars_alike([each for each in days if not is_notable(each[1])], of) for of in (State.UNKNOWN, State.UP)]
    troubled = [_bar(position, day) for position, day in days if is_notable(day)]
    return element(
        "svg",
        *plain,
        *troubled,
        class_="bars",
        viewBox=f"0 0 {len(days) * WIDTH_OF_DAY - GAP} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=words.history(service),
    )


def is_notable(day: DayOfService) -> bool:
    """Whether there is something to say of the day."""
    return bool(day.maintenance) or day.state not in (State.UNKNOWN, State.UP)


def response_times(service: Service) -> Element:
    """The days' medians as a line above its area."""
    medians = [day.median_ms for day in service.days]
    top = scale(service)
    return element(
        "svg",
        *[element("path", d=_area(stretch, top), class_="area") for stretch in _stretches(medians)],
        *[element("path", d=_line(stretch, top), class_="line") for stretch in _stretches(medians)],
        class_="times",
        viewBox=f"0 0 {len(medians) * WIDTH_OF_DAY - GAP} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"Median response time per day for {len(medians)} days: {_range(medians)}.",
    )


def scale(service: Service) -> float:
    """What the top of the response times' chart stands for, in milliseconds."""
    highest = max((day.median_ms or 0.0 for day in service.days), default=0.0)
    return next((step for step in _SCALES if step >= highest), _SCALES[-1])


def _bars_alike(days: Sequence[tuple[int, DayOfService]], state: State) -> Element | None:
    """All bars of one state as one path: a page of many services stays small."""
    height = _HEIGHTS[state]
    parts = [
        svg.bar(position * WIDTH_OF_DAY, WIDTH_OF_DAY - GAP, height, HEIGHT)
        for position, day in days
        if day.state is state
    ]
    return element("path", d="".join(parts), class_=state) if parts else None


def _bar(position: int, day: DayOfService) -> Element:
    shape = shape_of(day)
    height = _HEIGHTS[shape]
    return element(
        "rect",
        element("title", words.day_of_service(day)),
        x=position * WIDTH_OF_DAY,
        y=HEIGHT - height,
        width=WIDTH_OF_DAY - GAP,
        height=height,
        class_=shape,
    )


def _stretches(values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """The days that follow on each other with data, as (horizontal position, value)."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for position, value in enumerate(values):
        if value is None:
            stretches.append([])
        else:
            stretches[-1].append((position * WIDTH_OF_DAY + (WIDTH_OF_DAY - GAP) / 2, value))
    return [stretch for stretch in stretches if stretch]


def _line(stretch: Sequence[tuple[float, float]], top: float) -> str:
    """A day alone becomes a dot, its line's round end."""
    points = [f"{x:g} {HEIGHT - min(value / top, 1) * (HEIGHT - 2):.1f}" for x, value in stretch]
    return f"M{'L'.join(points)}" + ("h0" if len(points) == 1 else "")


def _area(stretch: Sequence[tuple[float, float]], top: float) -> str:
    return f"{_line(stretch, top)}L{stretch[-1][0]:g} {HEIGHT}H{stretch[0][0]:g}z"


def _range(medians: Sequence[float | None]) -> str:
    known = [median for median in medians if median is not None]
    return f"from {words.milliseconds(min(known))} to {words.milliseconds(max(known))}" if known else "no data"
