"""The frames of a stack that are the application's own, as they stay from one build and one machine to the next."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

MOST_FRAMES: Final = 250
"""Of one stack, those nearest to the error."""
MOST_GROUPED: Final = 5
LONGEST_PATH: Final = 500
LONGEST_FUNCTION: Final = 200
_USUAL: Final = 200
"""Letters of a frame that need no cut."""

_OTHERS = re.compile(
    r"(?:^|[/\\(])(?:node_modules|bower_components|site-packages|dist-packages|\.pnpm|\.yarn|@sentry|sentry_sdk)[/\\]"
    r"|^(?:node|internal|bun|deno|ext|native|chrome-extension|moz-extension|safari-extension|safari-web-extension):"
    r"|^(?:internal/|native\b|<|\[|webpack/)|^(?:webpack|app):///(?:webpack/|\(?node:)"
    r"|^(?:events|timers|net|fs|http|https|stream|domain|_http_\w+|_stream_\w+)\.js$"
    r"|/lib(?:64)?/python\d(?:\.\d+)?/|^/var/(?:runtime|lang)/|^/opt/(?:python|nodejs)/"
)
_ROOTS = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://[^/]*/|file:|[A-Za-z]:(?=/))?/*"
    r"(?:(?:usr/src/app|usr/src|var/task|var/www(?:/html)?|home/[^/]+/[^/]+|Users/[^/]+/[^/]+|srv/[^/]+|opt/[^/]+"
    r"|app|src/app|workspace|workspaces/[^/]+|code|build/source|repo|github/workspace)/)?"
    r"(?:releases/[^/]+/|current/)?(?:\./|\.\./)*"
)
# By bundlers: hexadecimal digits, or eight or more letters and digits that no word is made of.
_BUILD_HASH = re.compile(
    r"[.~_-](?:"
    r"(?=[a-f]*\d)[0-9a-f]{6,64}|[0-9a-f]{16,64}"
    r"|[A-Z2-7]{8}|(?=[A-Za-z_-]*\d)(?=[a-z0-9_-]*[A-Z])(?=[A-Z0-9_-]*[a-z])[A-Za-z0-9_-]{8,22}"
    r")(?=[.~]|$)"
)
_HASHED_FOLDER = re.compile(r"(?<=/)(?:(?=[a-f]*\d)[0-9a-f]{8,64}|(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,22})(?=/)")
_WHOLE_NAME = re.compile(r"(?<=/)(?:(?=[a-f]*\d)[0-9a-f]{8,64})(?=\.\w{1,4}$)")
_FUNCTION_HEADS = re.compile(
    r"^(?:async |new |get |set |Object\.|Module\.|exports\.|module\.exports\.|_this\.|bound )+"
)
_ALIAS = re.compile(r" \[as [^\]]{0,200}\]")
_NO_NAMES = frozenset({"", "?", "<anonymous>", "anonymous", "<unknown>", "eval", "default"})
_SHORTENED = 2
"""Letters of the names that minifiers give."""


class Frame(NamedTuple):
    path: str
    """Relative to the repository, and without the hashes of builds."""
    function: str
    """Empty for one without a name that stays."""


def in_app(frame: Mapping[str, Any]) -> bool:
    """Whether it is the application's own, by its path: what clients say of it is at times the reverse."""
    return _own_frame(frame) is not None


def own_frames(frames: Sequence[Any]) -> list[Frame]:
    """The application's own nearest to the error, at most five, the innermost last; a recursion is one."""
    own: list[Frame] = []
    for frame in reversed(frames[-MOST_FRAMES:]):
        if isinstance(frame, dict) and (made := _own_frame(frame)) and (not own or own[-1] != made):
            own.append(made)
            if len(own) == MOST_GROUPED:
                break
    return own[::-1]


def _own_frame(frame: Mapping[str, Any]) -> Frame | None:
    path, absolute, function = frame.get("filename"), frame.get("abs_path", ""), frame.get("function", "")
    if type(path) is type(absolute) is type(function) is str and len(path) + len(absolute) + len(function) <= _USUAL:
        return _own(path, absolute, function)
    return _own(_text(path)[:LONGEST_PATH], _text(absolute)[:LONGEST_PATH], _text(function)[:LONGEST_FUNCTION])


@lru_cache(maxsize=4096)  # the same few are in every event
def _own(path: str, absolute: str, function: str) -> Frame | None:
    """None for one that is not the application's."""
    if not (path or absolute) or _OTHERS.search(path) or _OTHERS.search(absolute):
        return None
    stable, minified = relative(path or absolute)
    name = _FUNCTION_HEADS.sub("", _ALIAS.sub("", function)).strip()
    name = name.rpartition(".")[2] if name.endswith("<anonymous>") else name
    if name in _NO_NAMES or (minified and len(name) <= _SHORTENED):
        name = ""
    return Frame(stable, name)


def relative(path: str) -> tuple[str, bool]:
    """The path in the repository without what a build adds, and whether it is of a bundle whose names are short."""
    plain = path.replace("\\", "/").partition("?")[0].partition("#")[0]
    below = _ROOTS.sub("", plain, count=1)
    stable = _WHOLE_NAME.sub("*", _HASHED_FOLDER.sub("*", f"/{below}"))
    folder, _, name = stable.rpartition("/")
    bare = _BUILD_HASH.sub("", name)
    minified = bare != name or "*" in stable or ".min." in name
    return f"{folder}/{bare}".lstrip("/"), minified


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
