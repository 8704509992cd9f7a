"""A document's graphs as inline SVG; each says in words what it shows, for whoever does not see it."""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from lambdas.shared.documents.document import Bars, Grid
from lambdas.shared.markup import element
from lambdas.shared.svg import bar

_STEP: Final = 10
_BAR: Final = 8
_HEIGHT: Final = 60
_LEAST: Final = 1
"""Little must be told from nothing."""
_NONE: Final = "nothing is known"

_CELL: Final = 11
_SIDE: Final = 10
"""Of a cell's square, with a gap to the next."""
_LEFT: Final = 26
"""Room for the rows' labels."""
_FOOT: Final = 12
_SHADES: Final = 4


def bars(graph: Bars) -> Element:
    """A bar for each value, on a scale that begins at zero."""
    top = max([*_known(graph), graph.limit or 0.0]) or 1.0
    over = graph.limit if graph.limit is not None else float("inf")
    width = max(len(graph.values), 1) * _STEP - (_STEP - _BAR)
    normal = "".join(_bar(place, value, top) for place, value in _placed(graph) if value <= over)
    marked = "".join(_bar(place, value, top) for place, value in _placed(graph) if value > over)
    line = f"M0 {_HEIGHT - over / top * _HEIGHT:g}H{width}" if graph.limit is not None else ""
    return element(
        "svg",
        element("path", d=f"M0 {_HEIGHT - 0.5}H{width}", class_="base"),
        *(element("path", d=path, class_=name) for path, name in ((normal, "bars"), (marked, "over")) if path),
        element("path", d=line, class_="limit") if line else None,
        class_="graph",
        viewBox=f"0 -1 {width} {_HEIGHT + 1}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{graph.caption}: {in_words(graph)}",
    )


def ends(graph: Bars) -> tuple[str, ...]:
    """The labels of the first and the last bar."""
    return (graph.labels[0], graph.labels[-1]) if len(graph.labels) > 1 else graph.labels


def grid(graph: Grid) -> Element:
    """A square for each value, the darker the larger."""
    width, height = _LEFT + len(graph.columns) * _CELL, len(graph.rows) * _CELL + _FOOT
    return element(
        "svg",
        *_cells(graph),
        *(
            element("text", label, x=0, y=row * _CELL + _SIDE - 2, class_="label")
            for row, label in enumerate(graph.rows)
        ),
        *(
            element("text", label, x=_LEFT + column * _CELL, y=height - 2, class_="label")
            for column, label in enumerate(graph.columns)
            if column % 3 == 0
        ),
        class_="grid",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=f"{graph.caption}: {in_words(graph)}",
    )


def in_words(graph: Bars | Grid) -> str:
    """The most and the least, and when."""
    named = _named(graph)
    if not named:
        return _NONE
    most, least = max(named, key=lambda each: each[1]), min(named, key=lambda each: each[1])
    said = f"the most {graph.said(most[1])} ({most[0]}), the least {graph.said(least[1])} ({least[0]})"
    if isinstance(graph, Bars) and graph.limit is not None:
        return f"{said}; the limit is {graph.said(graph.limit)}"
    return said


def _named(graph: Bars | Grid) -> list[tuple[str, float]]:
    if isinstance(graph, Bars):
        return [(label, value) for label, value in zip(graph.labels, graph.values, strict=True) if value is not None]
    return [
        (f"{row} {column}", value)
        for row, values in zip(graph.rows, graph.values, strict=True)
        for column, value in zip(graph.columns, values, strict=True)
        if value is not None
    ]


def _cells(graph: Grid) -> Iterator[Element]:
    """All of one shade as one path."""
    top = max((value for _, value in _named(graph)), default=0.0) or 1.0
    paths: dict[int, str] = {}
    for row, values in enumerate(graph.values):
        for column, value in enumerate(values):
            if value is not None:
                path = bar(_LEFT + column * _CELL, _SIDE, _SIDE, row * _CELL + _SIDE)
                shade = round(value / top * _SHADES)
                paths[shade] = paths.get(shade, "") + path
    return (element("path", d=path, class_=f"shade{shade}") for shade, path in sorted(paths.items()))


def _known(graph: Bars) -> list[float]:
    return [value for value in graph.values if value is not None]


def _placed(graph: Bars) -> Iterator[tuple[int, float]]:
    return ((place, value) for place, value in enumerate(graph.values) if value)


def _bar(place: int, value: float, top: float) -> str:
    return bar(place * _STEP, _BAR, max(value / top * _HEIGHT, _LEAST), _HEIGHT)
