"""What somebody asks to be done with an issue, read strictly: whoever may invoke the function may send anything."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from lambdas.operator_view import parameters
from lambdas.operator_view.parameters import Asked, BadParameterError
from lambdas.operator_view.widget import CONTEXT
from lambdas.vocabulary.error_tracking import Resolution

LONGEST_MUTE: Final = timedelta(days=90)
MOST_EVENTS: Final = 1_000_000
LONGEST_WINDOW: Final = 24 * 60
"""Minutes."""
MOST_MERGED: Final = 10


class Action(StrEnum):
    RESOLVE = "resolve"
    MUTE = "mute"
    REOPEN = "reopen"
    MERGE = "merge"


@dataclass(frozen=True)
class Resolve:
    kind: Resolution = Resolution.NOW
    release: str = ""
    """Of IN_RELEASE."""


@dataclass(frozen=True)
class Mute:
    """For ever without both."""

    lasts: timedelta | None = None
    events: int = 0
    window_minutes: int = 0


@dataclass(frozen=True)
class Reopen:
    pass


@dataclass(frozen=True)
class Merge:
    others: tuple[str, ...]


Change = Resolve | Mute | Reopen | Merge


@dataclass(frozen=True)
class Wish:
    project: str
    id: str
    change: Change
    revision: int | None = None
    """Of the issue that was looked at; None to change it whatever it is now."""


_ABOUT: Final = {"action", "project", "id", "revision", CONTEXT}
_OWN: Final = {
    Action.RESOLVE: {"kind", "release"},
    Action.MUTE: {"hours", "events", "window_minutes"},
    Action.REOPEN: set[str](),
    Action.MERGE: {"others"},
}


def wish_of(asked: Asked, projects: tuple[str, ...]) -> Wish:
    """Raises BadParameterError."""
    action = parameters.word(Action, asked, "action")
    if asked.keys() - _ABOUT - _OWN[action]:
        raise BadParameterError(f"{action} takes {', '.join(sorted(_OWN[action])) or 'nothing'} besides the issue")
    revision = parameters.whole(asked, "revision", 0, 10**9)
    return Wish(
        parameters.project(asked, projects), parameters.identifier(asked), _change(action, asked), revision=revision
    )


def _change(action: Action, asked: Asked) -> Change:
    match action:
        case Action.RESOLVE:
            return _resolve(asked)
        case Action.MUTE:
            return _mute(asked)
        case Action.REOPEN:
            return Reopen()
        case Action.MERGE:
            return Merge(parameters.identifiers(asked, "others", MOST_MERGED))


def _resolve(asked: Asked) -> Resolve:
    kind = parameters.word(Resolution, asked, "kind", Resolution.NOW)
    if kind is Resolution.IN_RELEASE:
        return Resolve(kind, parameters.release(asked))
    if "release" in asked:
        raise BadParameterError(f"release is of {Resolution.IN_RELEASE.value!r} only")
    return Resolve(kind)


def _mute(asked: Asked) -> Mute:
    hours = parameters.whole(asked, "hours", 0, LONGEST_MUTE // timedelta(hours=1), 0)
    events = parameters.whole(asked, "events", 0, MOST_EVENTS, 0)
    window = parameters.whole(asked, "window_minutes", 0, LONGEST_WINDOW, 0)
    return mute_of(hours, events, window)


def mute_of(hours: int, events: int, window_minutes: int) -> Mute:
    """Zero for what is not given; raises BadParameterError for what contradicts."""
    if hours and events:
        raise BadParameterError("a mute lasts some hours or some events, not both")
    if window_minutes and not events:
        raise BadParameterError("window_minutes is of a mute of some events only")
    return Mute(timedelta(hours=hours) if hours else None, events, window_minutes)
