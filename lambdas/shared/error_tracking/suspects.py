"""Commits of a release that changed a file of an error's stack; pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from lambdas.shared.error_tracking.frames import in_app
from lambdas.vocabulary.error_tracking import Commit, Event, Release

MOST: Final = 3
MOST_FRAMES: Final = 20
"""Of one stack, those nearest to the error."""
_LEAST_COMMON: Final = 2
_LONGEST_AGO = datetime.min.replace(tzinfo=UTC)


def suspects(event: Event, release: Release) -> tuple[Commit, ...]:
    """The newest first, at most three.  The event's frames are mapped to the sources already."""
    paths = set(_own_paths(event))
    found = [commit for commit in release.commits if any(_is_same(path, own) for path in commit.paths for own in paths)]
    return tuple(sorted(found, key=lambda commit: commit.at or _LONGEST_AGO, reverse=True)[:MOST])


def _own_paths(event: Event) -> Iterator[tuple[str, ...]]:
    """Of the application's own frames, in parts."""
    for frame in _frames(event):
        path = frame.get("filename") or frame.get("abs_path")
        if isinstance(path, str) and in_app(frame):
            yield _parts(path)


def _frames(event: Event) -> Iterator[Mapping[str, Any]]:
    for value in _list_of(event.get("exception"), "values"):
        stack = value.get("stacktrace") if isinstance(value, Mapping) else None
        for frame in _list_of(stack, "frames")[-MOST_FRAMES:]:
            if isinstance(frame, Mapping):
                yield frame


def _list_of(holder: Any, name: str) -> list[Any]:
    listed = holder.get(name) if isinstance(holder, Mapping) else holder
    return listed if isinstance(listed, list) else []


def _is_same(path: str, own: tuple[str, ...]) -> bool:
    """A file of the repository is that of a frame when one path ends with the other.

    A frame's may begin outside of the repository (`/app/src/a.ts`) or within (`src/a.ts` of `packages/api`).  A bare
    name is the same as itself alone: there are many `index.ts`.
    """
    changed = _parts(path)
    common = min(len(changed), len(own))
    return changed == own or (common >= _LEAST_COMMON and changed[-common:] == own[-common:])


def _parts(path: str) -> tuple[str, ...]:
    whole = path.removeprefix("file://").removeprefix("app://").replace("\\", "/")
    return tuple(part for part in whole.split("/") if part not in ("", "."))
