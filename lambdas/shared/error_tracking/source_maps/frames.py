"""An event's frames, as they are in the sources; pure."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from lambdas.shared.error_tracking.frames import MOST_FRAMES, in_app
from lambdas.shared.error_tracking.source_maps.compiled import Context, Index, Place
from lambdas.vocabulary.error_tracking import Event

Indexes = Callable[[str], Index | None]
"""By a debug id in lower case, the map that was uploaded with it."""

MOST_IMAGES: Final = 200
MOST_STACKS: Final = 10
"""Of an event, from the last, which is that of the exception that was thrown."""
_DEBUG_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_FUNCTION = re.compile(
    r"(?P<kind>(?:(?:async|new|get|set) ){0,2})(?P<name>[\w$]{1,200}(?:\.[\w$]{1,200}){0,4})"
    r"(?P<rest> \[as [\w$.]{1,200}\])?"
)
_Frame = Mapping[str, Any]


def mapped(event: Event, indexes: Indexes) -> Event:
    """The event with its frames mapped, and the raw ones under `raw_stacktrace` as Sentry keeps them.

    What no map was uploaded for, and a frame of a place that is not mapped, stays as it is.
    """
    files = _files(event)
    if not files:
        return event
    known = cache(indexes)  # one answer for the whole event, whatever expires meanwhile
    changed = {name: _mapped_interface(event.get(name), files, known) for name in ("exception", "threads")}
    return {**event, **{name: value for name, value in changed.items() if value is not None}}


def _files(event: Event) -> dict[str, str]:
    """The debug id of each file of the event."""
    meta = event.get("debug_meta")
    images = meta.get("images") if isinstance(meta, Mapping) else None
    found = {}
    for image in images[:MOST_IMAGES] if isinstance(images, list) else ():
        debug_id, file = _text(image, "debug_id").lower(), _text(image, "code_file")
        if file and _DEBUG_ID.fullmatch(debug_id):
            found[_bare(file)] = debug_id
    return found


def _mapped_interface(interface: Any, files: Mapping[str, str], indexes: Indexes) -> Any:
    """Of exceptions or threads; None where nothing changes."""
    listed = interface.get("values") if isinstance(interface, Mapping) else interface
    if not isinstance(listed, list):
        return None
    outer = len(listed) - MOST_STACKS
    values = [_mapped_value(value, files, indexes) if number >= outer else value for number, value in enumerate(listed)]
    if all(value is old for value, old in zip(values, listed, strict=True)):
        return None
    return {**interface, "values": values} if isinstance(interface, Mapping) else values


def _mapped_value(value: Any, files: Mapping[str, str], indexes: Indexes) -> Any:
    stack = value.get("stacktrace") if isinstance(value, Mapping) else None
    frames = stack.get("frames") if isinstance(stack, Mapping) else None
    if not isinstance(frames, list):
        return value
    outer = len(frames) - MOST_FRAMES
    places = [_located(frame, files, indexes) if number >= outer else None for number, frame in enumerate(frames)]
    if not any(places):
        return value
    callers = [None, *places[:-1]]
    found = [
        _mapped_frame(frame, *place, caller) if place else frame
        for frame, place, caller in zip(frames, places, callers, strict=True)
    ]
    return {**value, "stacktrace": {**stack, "frames": found}, "raw_stacktrace": stack}  # type: ignore[dict-item]


_Located = tuple[Index, Place]


def _located(frame: Any, files: Mapping[str, str], indexes: Indexes) -> _Located | None:
    named = (_bare(_text(frame, name)) for name in ("abs_path", "filename"))
    debug_id = next((files[file] for file in named if file in files), None)
    if debug_id is None:
        return None
    line, column = frame.get("lineno"), frame.get("colno")
    if type(line) is not int or type(column) is not int:
        return None
    index = indexes(debug_id)
    place = index.place(line - 1, column - 1) if index else None
    return (index, place) if index and place else None


def _mapped_frame(frame: _Frame, index: Index, at: Place, caller: _Located | None) -> dict[str, Any]:
    dropped = ("context_line", "pre_context", "post_context", "module")
    kept = {name: value for name, value in frame.items() if name not in dropped}
    return {
        **kept,
        "filename": at.path,
        "abs_path": at.path,
        "lineno": at.line + 1,
        "colno": at.column + 1,
        "in_app": in_app({"filename": at.path}),
        **_function(frame, index, at, caller),
        **_lines(index.context(at)),
    }


def _function(frame: _Frame, index: Index, at: Place, caller: _Located | None) -> dict[str, str]:
    """How the function was called: where it was declared, else where it was called; nothing where neither is known."""
    said = _FUNCTION.fullmatch(_text(frame, "function"))
    if not said:
        return {}
    parts = said["name"].split(".")
    names = [index.original_name(part, at) for part in parts]
    if not any(names) and len(parts) == 1 and caller and caller[0] is index:
        names = [caller[1].name]
    renamed = ".".join(name or part for name, part in zip(names, parts, strict=True))
    return {"function": f"{said['kind']}{renamed}{said['rest'] or ''}"}


def _lines(context: Context | None) -> dict[str, Any]:
    if context is None:
        return {}
    return {"pre_context": context.before, "context_line": context.line, "post_context": context.after}


def _bare(file: str) -> str:
    return file.removeprefix("file://")


def _text(holder: Any, name: str) -> str:
    value = holder.get(name) if isinstance(holder, Mapping) else None
    return value if isinstance(value, str) else ""
