"""Stacks of Node and Python as texts, as Sentry's frames: the innermost last."""

import re
from typing import Any, Final

LONGEST: Final = 64 * 1024
"""Characters of a stack that are read."""
MOST_FRAMES: Final = 100

_NODE = re.compile(
    r"^\s{0,20}at (?:(?:async )?(?P<function>[^\n]{0,300}?) \()?(?:async )?"
    r"(?P<file>[^\s()][^\n()]{0,500}?):(?P<line>\d{1,9}):(?P<column>\d{1,9})\)?\s*$"
)
_NATIVE = re.compile(
    r"^\s{0,20}at (?:async )?(?P<function>[^\n(]{1,300}) \((?P<file>native|<anonymous>|index \d+)\)\s*$"
)
_PYTHON = re.compile(
    r'^\s{0,20}File "(?P<file>[^"\n]{1,500})", line (?P<line>\d{1,9})(?:, in (?P<function>[^\n]{1,300}))?'
)
_PYTHON_HEAD = "Traceback (most recent call last):"
_PYTHON_ERROR = re.compile(r"^(?P<kind>[A-Za-z_][\w.]{0,200})(?:: (?P<message>[^\n]{0,4000}))?$")

Frame = dict[str, Any]


def frames_of(stack: str) -> list[Frame]:
    lines = stack[:LONGEST].splitlines()
    if _PYTHON_HEAD in stack:
        return _python(lines)[-MOST_FRAMES:]
    return _node(lines)[:MOST_FRAMES][::-1]


def python_error(text: str) -> tuple[str, str]:
    """Kind and message of the error at the end of a traceback; empty for what has none."""
    for line in reversed(text[:LONGEST].splitlines()):
        if line and not line[0].isspace() and (found := _PYTHON_ERROR.match(line)):
            return found["kind"].rpartition(".")[2], found["message"] or ""
    return "", ""


def _node(lines: list[str]) -> list[Frame]:
    frames = []
    for line in lines:
        if found := _NODE.match(line):
            frames.append(_frame(found["file"], found["function"], int(found["line"]), int(found["column"])))
        elif found := _NATIVE.match(line):
            frames.append(_frame(found["file"], found["function"]))
    return frames


def _python(lines: list[str]) -> list[Frame]:
    """Of the last traceback: those before are its causes."""
    begin = max(number for number, line in enumerate(lines) if _PYTHON_HEAD in line)
    frames = []
    for number, line in enumerate(lines[begin:], begin):
        if found := _PYTHON.match(line):
            frame = _frame(found["file"], found["function"], int(found["line"]))
            code = lines[number + 1].strip() if number + 1 < len(lines) else ""
            if code and not _PYTHON.match(lines[number + 1]):
                frame["context_line"] = code[:500]
            frames.append(frame)
    return frames


def _frame(file: str, function: str | None, line: int = 0, column: int = 0) -> Frame:
    frame: Frame = {"filename": file.removeprefix("file://"), "function": function or "?"}
    if line:
        frame["lineno"] = line
    if column:
        frame["colno"] = column
    return frame
