"""The dashboard's structure as a picture: what lies where, what is drawn in it, and its limits."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from lambdas.shared.quantities import quantity
from stacks.dashboard.colours import COLOURS, said
from stacks.dashboard.definition import COLUMNS, Dashboard, Graph, LogLines, Shown, States, View, Widget, Words
from stacks.dashboard.layout import Placed, placed

COLUMN, ROW, GAP = 52, 26, 6
_INK, _FAINT, _PAPER, _EDGE = "#16191f", "#5f6b7a", "#ffffff", "#d5dbdb"
_LINE = "#7aa5d8"
_COURSE = (0.3, 0.4, 0.35, 0.6, 0.5, 0.45, 0.7, 0.55, 0.4, 0.5, 0.35, 0.45, 0.4)
"""The made-up course of every graph, as shares of its height."""
_LEAST_COURSE = 14
_CHARACTER = 7.2
"""The width of one, at the size of small print, in the widest of the usual fonts (DejaVu Sans)."""


def picture_of(dashboard: Dashboard) -> str:
    """SVG, as plain as a wireframe: the course of its graphs is made up, and says so."""
    widgets = placed(dashboard)
    width = COLUMNS * COLUMN
    height = max(one.y + one.widget.height for one in widgets) * ROW
    parts = "\n".join(line for one in widgets for line in _widget(one))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="Helvetica, Arial, sans-serif">\n'
        f"<title>Dashboard {escape(dashboard.name)}</title>\n"
        f'<rect width="{width}" height="{height}" fill="#f2f3f3"/>\n{parts}\n</svg>\n'
    )


def _widget(one: Placed) -> Iterator[str]:
    x, y = one.x * COLUMN + GAP // 2, one.y * ROW + GAP // 2
    width, height = one.widget.width * COLUMN - GAP, one.widget.height * ROW - GAP
    if isinstance(one.widget, Words) and one.widget.markdown.startswith("## "):
        question, _, good = one.widget.markdown.removeprefix("## ").partition("\n")
        yield _text(x, y + 22, question, size=18, weight="bold")
        yield _text(x, y + 41, good, size=12, colour=_FAINT)
        return
    yield f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" fill="{_PAPER}" stroke="{_EDGE}"/>'
    title, lines = _words(one.widget)
    if title:
        yield _text(x + 10, y + 18, title, size=13, weight="bold")
    room = (height - (28 if title else 8) - _room_for_limits(one.widget)) // 15
    fitting = [part for line in lines for part in _wrapped(line, int((width - 20) / _CHARACTER))]
    for number, line in enumerate(fitting[:room]):
        more = number == room - 1 and len(fitting) > room
        yield _text(x + 10, y + (34 if title else 20) + 15 * number, f"{line} …" if more else line, colour=_FAINT)
    if isinstance(one.widget, Graph):
        yield from _course(one.widget, x, y + 34 + 15 * min(len(fitting), room), width, y + height)
        yield from _limits(one.widget, x, y, width, height)


def _words(widget: Widget) -> tuple[str, list[str]]:
    match widget:
        case Words():
            return "", widget.markdown.replace("**", "").replace("`", "").splitlines()
        case States():
            shown = "those in alarm, of: " if widget.firing else ""
            short = (name.split("-", 2)[2] for name in widget.alarms)
            return f"{widget.title} ({len(widget.alarms)})", [shown + " · ".join(short)]
        case View():
            return widget.title, [f"written by the function {widget.function}"]
        case LogLines():
            return widget.title, [widget.query, ", ".join(widget.groups)]
        case Graph():
            lines = [line.label or "" for line in widget.lines]
            shown = "newest value" if widget.newest else "course"
            marks = [f"| each {widget.marks.label}"] if widget.marks else []
            return widget.title, [f"{shown}, {widget.shown}", *(f"— {line}" for line in lines), *marks]


def _room_for_limits(widget: Widget) -> int:
    return 18 * len(widget.limits) if isinstance(widget, Graph) else 0


def _course(graph: Graph, x: int, top: int, width: int, bottom: int) -> Iterator[str]:
    """A made-up course, as the picture has no data: where the line of a graph is drawn, above or below its limits."""
    base = bottom - 8 - _room_for_limits(graph)
    height = base - top
    if graph.newest or height < _LEAST_COURSE:
        return
    steps = len(_COURSE) - 1
    points = " ".join(
        f"{x + 10 + (width - 20) * number / steps:.0f},{base - height * level:.0f}"
        for number, level in enumerate(_COURSE)
    )
    yield f'<polyline points="{points}" fill="none" stroke="{_LINE}" stroke-width="1.5"/>'


def _limits(graph: Graph, x: int, y: int, width: int, height: int) -> Iterator[str]:
    for number, limit in enumerate(graph.limits):
        level = y + height - 10 - 18 * number
        colour = COLOURS[limit.level]
        yield (
            f'<line x1="{x + 10}" x2="{x + width - 10}" y1="{level}" y2="{level}" stroke="{colour}"'
            ' stroke-width="1.5" stroke-dasharray="5 3"/>'
        )
        yield _text(x + 12, level - 4, f"{said(limit)} {_in_words(limit.value, graph.shown)}", size=11, colour=colour)


def _in_words(value: float, shown: Shown) -> str:
    if shown in (Shown.BYTES, Shown.PERCENT, Shown.SECONDS, Shown.MILLISECONDS):
        return quantity(value, shown.title())
    return f"{value:,g}" if shown is Shown.NUMBER else f"{value:,g} {shown}"


def _wrapped(line: str, characters: int) -> Iterator[str]:
    words, row = line.split(" "), ""
    for word in words:
        if row and len(row) + 1 + len(word) > characters:
            yield row
            row = word
        else:
            row = f"{row} {word}" if row else word
    yield row


def _text(x: int, y: int, words: str, *, size: int = 12, weight: str = "normal", colour: str = _INK) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}">{escape(words)}</text>'
