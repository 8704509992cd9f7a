"""An issue's sample: its exceptions with their source lines, its breadcrumbs, its request."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from lambdas.operator_view.event import Crumb, Frame, Line, Occurrence, Thrown
from lambdas.operator_view.views.parts import card, pairs
from lambdas.shared.markup import element
from lambdas.shared.quantities import counted
from lambdas.shared.texts import cut


def event_parts(event: Occurrence) -> Iterator[Element]:
    if event.message and not event.thrown:
        yield card("Message", element("pre", event.message, class_="wrapped"))
    if event.thrown:
        yield _exceptions(event.thrown)
    if event.crumbs:
        yield _breadcrumbs(event.crumbs)
    for heading in ("Request", "Extra"):
        if found := event.sections.get(heading):
            yield card(heading, pairs(found))


def _exceptions(chain: Sequence[Thrown]) -> Element:
    parts = [_exception(thrown, is_cause=place > 0) for place, thrown in enumerate(chain)]
    return card("Exception", *parts)


def _exception(thrown: Thrown, *, is_cause: bool) -> Element:
    return element(
        "div",
        element("p", "Caused by", class_="quiet") if is_cause else None,
        element(
            "p",
            element("strong", thrown.type or "Error"),
            element("span", "unhandled", class_="badge unhandled") if thrown.unhandled else None,
            class_="thrown",
        ),
        element("pre", thrown.message, class_="wrapped") if thrown.message else None,
        element("ol", *_stack(thrown.frames), class_="stack") if thrown.frames else None,
        _folded("Raw stack, as the client sent it", thrown.raw) if thrown.raw else None,
        class_="exception",
    )


def _stack(frames: Sequence[Frame]) -> Iterator[Element]:
    """The innermost frame of the application is unfolded; libraries' frames in a row are folded to one."""
    is_open = True
    foreign: list[Frame] = []
    for frame in frames:
        if not frame.in_app:
            foreign.append(frame)
            continue
        yield from _foreign(foreign)
        foreign.clear()
        yield element("li", _frame(frame, is_open=is_open))
        is_open = is_open and not frame.source
    yield from _foreign(foreign)


def _foreign(frames: Sequence[Frame]) -> Iterator[Element]:
    if frames:
        yield element("li", _folded(f"{counted(len(frames), 'frame')} of libraries", frames))


def _folded(title: str, frames: Sequence[Frame]) -> Element:
    listed = element("ol", *(element("li", _place(frame)) for frame in frames), class_="frames")
    return element("details", element("summary", title), listed, class_="folded")


def _frame(frame: Frame, *, is_open: bool) -> Element:
    if not frame.source:
        return element("div", _place(frame), class_="frame")
    summary = element("summary", _place(frame))
    return element("details", summary, _source(frame.source), class_="frame", open="open" if is_open else None)


def _place(frame: Frame) -> Element:
    return element(
        "span",
        element("span", frame.function, class_="function"),
        element("span", frame.place, class_="place"),
        class_="where",
    )


def _source(lines: Sequence[Line]) -> Element:
    return element("pre", *(_line(line) for line in lines), class_="source")


def _line(line: Line) -> Element:
    number = "" if line.number is None else str(line.number)
    return element(
        "span",
        element("span", number, class_="no"),
        element("code", line.text),
        class_="line hit" if line.is_hit else "line",
    )


def _breadcrumbs(crumbs: Sequence[Crumb]) -> Element:
    rows = (_crumb(crumb) for crumb in reversed(crumbs))
    head = element("tr", *(element("th", name, scope="col") for name in ("Time", "Category", "What")))
    table = element("table", element("thead", head), element("tbody", *rows), class_="crumbs")
    return card("Breadcrumbs", table)


def _crumb(crumb: Crumb) -> Element:
    level = "bad" if crumb.level in ("error", "fatal") else "plain"
    return element(
        "tr",
        element("td", _clock(crumb.at), class_="mono"),
        element("td", crumb.category, class_=level),
        element(
            "td",
            element("span", crumb.message) if crumb.message else None,
            element("span", crumb.data, class_="data") if crumb.data else None,
        ),
    )


def _clock(at: str) -> str:
    """`09:11:02` of an ISO time; anything else as it is."""
    return at[11:19] if len(at) >= 19 and at[10:11] == "T" else cut(at, 20)  # noqa: PLR2004
