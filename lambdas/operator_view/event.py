"""A Sentry event as a view shows it: every part may be missing, of another type or too long.

https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from lambdas.shared.texts import cut
from lambdas.vocabulary.error_tracking import Event

_EXCEPTIONS: Final = 8
_FRAMES: Final = 60
"""Of all exceptions together."""
_CRUMBS: Final = 50
_PAIRS: Final = 40
_AROUND: Final = 5
_LINE: Final = 200
_TEXT: Final = 500
_MESSAGE: Final = 4000

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Line:
    number: int | None
    text: str
    is_hit: bool = False


@dataclass(frozen=True)
class Frame:
    function: str
    file: str
    line: int | None
    column: int | None
    in_app: bool
    source: tuple[Line, ...] = ()

    @property
    def place(self) -> str:
        """As editors take it: `src/a.ts:10:3`."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True)
class Thrown:
    """One exception of a chain; the innermost frame first."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    raw: tuple[Frame, ...] = ()
    """As the client sent them, where source maps changed them."""
    unhandled: bool = False


@dataclass(frozen=True)
class Crumb:
    """A breadcrumb."""

    at: str
    category: str
    level: str
    message: str
    data: str = ""


@dataclass(frozen=True)
class Occurrence:
    """One event; the outermost exception first."""

    message: str
    thrown: tuple[Thrown, ...]
    crumbs: tuple[Crumb, ...]
    """The newest last."""
    sections: Mapping[str, Pairs]
    """Tags, request, user, …: names and values by heading; only those that hold something."""


def occurrence(event: Event) -> Occurrence:
    budget = iter(range(_FRAMES))
    chain = [_thrown(each, budget) for each in reversed(_values(event.get("exception"))[-_EXCEPTIONS:])]
    return Occurrence(_message(event), tuple(chain), tuple(_crumbs(event)), _sections(event))


def _thrown(value: Mapping[str, Any], budget: Iterator[int]) -> Thrown:
    return Thrown(
        text(value.get("type"), 200),
        text(value.get("value"), _MESSAGE),
        _frames(value.get("stacktrace"), budget),
        _frames(value.get("raw_stacktrace"), budget),
        unhandled=_mapping(value.get("mechanism")).get("handled") is False,
    )


def _frames(stack: Any, budget: Iterator[int]) -> tuple[Frame, ...]:
    frames = reversed(_values(_mapping(stack).get("frames")))
    return tuple(_frame(frame) for frame, _ in zip(frames, budget, strict=False))


def _frame(frame: Mapping[str, Any]) -> Frame:
    line = _whole(frame.get("lineno"))
    return Frame(
        text(frame.get("function"), 200) or "<anonymous>",
        text(frame.get("filename") or frame.get("module") or frame.get("abs_path"), 300) or "unknown file",
        line,
        _whole(frame.get("colno")),
        frame.get("in_app") is True,
        tuple(_source(frame, line)),
    )


def _source(frame: Mapping[str, Any], line: int | None) -> Iterator[Line]:
    hit = frame.get("context_line")
    if not isinstance(hit, str):
        return
    before = _list(frame.get("pre_context"))[-_AROUND:]
    after = _list(frame.get("post_context"))[:_AROUND]
    first = None if line is None else line - len(before)
    for place, written in enumerate([*before, hit, *after]):
        number = None if first is None else first + place
        yield Line(number, text(written, _LINE), is_hit=place == len(before))


def _message(event: Event) -> str:
    entry = _mapping(event.get("logentry"))
    given = entry.get("formatted") or entry.get("message") or event.get("message")
    return text(given, _MESSAGE)


def _crumbs(event: Event) -> Iterator[Crumb]:
    for crumb in _values(event.get("breadcrumbs"))[-_CRUMBS:]:
        yield Crumb(
            text(crumb.get("timestamp"), 40),
            text(crumb.get("category") or crumb.get("type"), 60),
            text(crumb.get("level"), 20) or "info",
            text(crumb.get("message"), _TEXT),
            text(crumb.get("data") or None, _TEXT),
        )


def _sections(event: Event) -> dict[str, Pairs]:
    request = dict(_mapping(event.get("request")))
    headers = _pairs(request.pop("headers", None))
    found = {
        "Tags": _pairs(event.get("tags")),
        "Request": (*_pairs(request), *headers),
        "User": _pairs(event.get("user")),
        "Runtime": _contexts(event),
        "Extra": _pairs(event.get("extra")),
    }
    return {heading: pairs for heading, pairs in found.items() if pairs}


def _contexts(event: Event) -> Pairs:
    own = ("environment", "server_name", "transaction", "platform", "logger")
    first = [(name, text(event.get(name), 200)) for name in own if event.get(name)]
    return (*first, *_pairs({name: _named(of) for name, of in _mapping(event.get("contexts")).items()}))


def _named(context: Any) -> Any:
    """`node v22.11.0` of what is a name and a version."""
    of = _mapping(context)
    return f"{text(of['name'], 100)} {text(of['version'], 100)}" if of.keys() >= {"name", "version"} else context


def _pairs(given: Any) -> Pairs:
    """Of an object, or of a list of pairs."""
    items: Iterable[Any] = given.items() if isinstance(given, Mapping) else _list(given)
    pairs = (each for each in items if isinstance(each, Sequence) and len(each) == 2)  # noqa: PLR2004
    return tuple((text(name, 100), text(value, _TEXT)) for name, value in islice(pairs, _PAIRS) if value is not None)


def _values(given: Any) -> list[Mapping[str, Any]]:
    """Of `{"values": […]}` or of a list, what is an object."""
    listed = given.get("values") if isinstance(given, Mapping) else given
    return [each for each in _list(listed) if isinstance(each, Mapping)]


def _list(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else []


def _mapping(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}


def _whole(given: Any) -> int | None:
    return given if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 10**9 else None


def text(given: Any, length: int) -> str:
    """What is no text as JSON; nothing for None."""
    if given is None:
        return ""
    return cut(given if isinstance(given, str) else _as_json(given), length)


def _as_json(given: Any) -> str:
    try:
        return json.dumps(given, ensure_ascii=False, default=str)
    except (RecursionError, ValueError):
        return "(too deep to be shown)"
