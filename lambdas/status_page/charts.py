"""A service's days and response times as inline SVG: classes only, so that a strict CSP lets the style in."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from lambdas.status_page import words
from lambdas.status_page.markup import element
from lambdas.status_page.overview import DayOfService, Service
from lambdas.vocabulary.endpoints import State

WIDTH_OF_DAY, GAP = 8, 2
HEIGHT = 40
_HEIGHTS = {State.UP: 24, State.SLOW: 29, State.DEGRADED: 34, State.DOWN: HEIGHT, State.UNKNOWN: 3}
"""The worse the day, the taller its bar: the state is not told by colour alone."""

PATHS = {
    State.UP: "M4 8.5l2.8 2.8L12 5.5",
    State.SLOW: "M8 4.2V8l2.6 1.8",
    State.DEGRADED: "M8 4.4v4.2M8 11.2v.2",
    State.DOWN: "M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6",
    State.UNKNOWN: "M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.1M8 11.3v.2",
}


def icon(state: State) -> Element:
    """A shape for each state, beside the word that says it."""
    return element(
        "svg",
        element("circle", cx=8, cy=8, r=7),
        element("path", d=PATHS[state]),
        class_="icon",
        viewBox="0 0 16 16",
        aria_hidden="true",
        focusable="false",
    )


def bars(service: Service) -> Element:
    """One bar per day; those with trouble say what it was when pointed at."""
    days = list(enumerate(service.days))
    plain = [_bars_alike(days, state) for state in (State.UNKNOWN, State.UP)]
    troubled = [_bar(position, day) for position, day in days if day.state not in (State.UNKNOWN, State.UP)]
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


def response_times(service: Service) -> Element:
    """The days' medians as a line, and what 95 % stay below as a dashed one."""
    highest = scale(service)
    days = service.days
    return element(
        "svg",
        _line([day.p95_ms for day in days], highest, "p95"),
        _line([day.median_ms for day in days], highest, "median"),
        class_="times",
        viewBox=f"0 0 {len(days) * WIDTH_OF_DAY - GAP} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"Response time of the last {len(days)} days: median {words.milliseconds(service.median_ms)}, "
        f"95 % within {words.milliseconds(service.p95_ms)}.",
    )


def scale(service: Service) -> float:
    """What the top of the response times' chart stands for, in milliseconds."""
    highest = max((day.p95_ms or 0.0 for day in service.days), default=0.0)
    return next((step for step in (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000) if step >= highest), 60_000)


def _bars_alike(days: Sequence[tuple[int, DayOfService]], state: State) -> Element | None:
    """All bars of one state as one path: a page of many services stays small."""
    height = _HEIGHTS[state]
    parts = [
        f"M{position * WIDTH_OF_DAY} {HEIGHT - height}h{WIDTH_OF_DAY - GAP}v{height}h{GAP - WIDTH_OF_DAY}z"
        for position, day in days
        if day.state is state
    ]
    return element("path", d="".join(parts), class_=state) if parts else None


def _bar(position: int, day: DayOfService) -> Element:
    height = _HEIGHTS[day.state]
    return element(
        "rect",
        element("title", words.day_of_service(day)),
        x=position * WIDTH_OF_DAY,
        y=HEIGHT - height,
        width=WIDTH_OF_DAY - GAP,
        height=height,
        class_=day.state,
    )


def _line(values: Sequence[float | None], highest: float, name: str) -> Element | None:
    """A path that is interrupted where there is no data; a day alone is a dot (its line's round cap)."""
    path, is_drawing = "", False
    for position, value in enumerate(values):
        if value is None:
            is_drawing = False
            continue
        x = position * WIDTH_OF_DAY + (WIDTH_OF_DAY - GAP) / 2
        point = f"{x:g} {HEIGHT - value / highest * (HEIGHT - 2) - 1:.1f}"
        path += f"L{point}" if is_drawing else f"M{point}h0"
        is_drawing = True
    return element("path", d=path, class_=name) if path else None
