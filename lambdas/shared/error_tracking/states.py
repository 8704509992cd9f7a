"""What changes the state of an issue: people, and events.

open → resolved → regressed; muted.  An issue is muted or resolved, never both.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lambdas.vocabulary.error_tracking import Issue, Muted, Resolution, Resolved, State

Compare = Callable[[str, str, str], int]
"""Of two versions in an environment: negative when the first is older, positive when it is newer, 0 when unknown."""


class Effect(StrEnum):
    """What an event did."""

    COUNTED = "counted"
    """It is one more of an issue that is open."""
    SILENT = "silent"
    """The issue is muted, or resolved and this event says nothing against it."""
    REGRESSED = "regressed"
    MUTE_EXCEEDED = "mute exceeded"
    """As many came as the mute allows: the issue is open again."""
    MUTE_ENDED = "mute ended"
    """Its time is over: the issue is open again."""


@dataclass(frozen=True)
class Seen:
    """One event, as far as it matters to the state."""

    at: datetime
    release: str = ""
    environment: str = ""


def resolve(issue: Issue, kind: Resolution, now: datetime, release: str = "", by: str = "") -> Issue:
    """Without `release`, the fix is in the last release seen, or in the one that follows it."""
    release = "" if kind is Resolution.NOW else release or issue.last_release
    return replace(issue, state=State.RESOLVED, resolved=Resolved(kind, now, release, by), muted=None)


def mute(  # noqa: PLR0917  (others call it so)
    issue: Issue,
    now: datetime,
    until: datetime | None = None,
    events: int = 0,
    window_minutes: int = 0,
    by: str = "",
) -> Issue:
    """Raises ValueError for a window without a number of events, and for numbers below zero."""
    if events < 0 or window_minutes < 0 or (window_minutes and not events):
        raise ValueError("a mute needs a number of events of at least 1 for its window (for ever: give neither)")
    muted = Muted(now, until, events, window_minutes, by)
    return replace(issue, state=State.MUTED, muted=muted, resolved=None)


def reopen(issue: Issue, now: datetime) -> Issue:  # noqa: ARG001  (all that people do has a moment)
    return replace(issue, state=State.OPEN, resolved=None, muted=None)


def seen(issue: Issue, event: Seen, compare: Compare, muted_events: int = 0) -> tuple[Issue, Effect]:
    """The issue after the event, and what the event did; of the issue's facts, only its state changes.

    `muted_events` are those that came within the window of the mute, this one included.
    """
    if issue.muted:
        return _seen_while_muted(issue, issue.muted, event, muted_events)
    if issue.resolved and issue.state is State.RESOLVED:
        if not is_regression(issue.resolved, event, compare):
            return issue, Effect.SILENT
        return replace(issue, state=State.REGRESSED, regressed_in=event.release), Effect.REGRESSED
    return issue, Effect.COUNTED


def is_regression(resolved: Resolved, event: Seen, compare: Compare) -> bool:
    """Whether the event shows that the fix does not hold.

    Not one that happened before somebody said so, and not one of a release that does not have the fix.  An event that
    names no release cannot be shown to be old.
    """
    if event.at <= resolved.at:
        return False
    if resolved.kind is Resolution.NOW or not resolved.release or not event.release:
        return True
    if resolved.kind is Resolution.IN_RELEASE:
        return event.release == resolved.release or compare(event.release, resolved.release, event.environment) >= 0
    return event.release != resolved.release and compare(event.release, resolved.release, event.environment) > 0


def _seen_while_muted(issue: Issue, muted: Muted, event: Seen, muted_events: int) -> tuple[Issue, Effect]:
    if muted.until and event.at >= muted.until:
        return replace(issue, state=State.OPEN, muted=None), Effect.MUTE_ENDED
    if muted.events and event.at >= muted.at and muted_events >= muted.events:
        return replace(issue, state=State.OPEN, muted=None), Effect.MUTE_EXCEEDED
    return issue, Effect.SILENT
