"""What the newest observations of an endpoint make of its public state."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import Any, Self

from lambdas.shared.endpoint_state.cause import NO_CAUSE, Cause
from lambdas.shared.endpoint_state.incident import TROUBLE
from lambdas.shared.endpoint_state.observation import Rules
from lambdas.vocabulary.endpoints import FLAPPING, FLAPPING_HISTORY, WORST_FIRST, State

LEAST_SPELLS = 3
"""An outage with one good check in it has two, and is no flapping."""


@dataclass(frozen=True)
class Sighting:
    """A state that was seen, at a time."""

    at: datetime
    state: State
    cause: Cause = NO_CAUSE

    def without_cause(self) -> Self:
        return self if self.cause is NO_CAUSE else replace(self, cause=NO_CAUSE)

    def as_list(self, newest: datetime) -> list[Any]:
        """Short, as a record holds a dozen of them: how many seconds before the newest, the state and its cause."""
        known = [self.cause.reason, *self.cause.checks] if self.cause != NO_CAUSE else []
        return [round((newest - self.at).total_seconds(), 3), self.state, *known]

    @classmethod
    def from_list(cls, written: Sequence[Any], newest: datetime) -> Self:
        seconds, state, *known = written
        cause = Cause(known[0], tuple(known[1:])) if known else NO_CAUSE
        return cls(newest - timedelta(seconds=seconds), State(state), cause)


@dataclass(frozen=True)
class Verdict:
    state: State
    since: datetime
    """The first observation of it: of what got worse, the first bad one."""
    cause: Cause


def verdict(before: Verdict, recent: Sequence[Sighting], rules: Rules) -> Verdict:
    """The public state after the sightings `recent`, which follow on each other, oldest first.

    It gets better at once, and worse only when enough observations in a row agree on at least that.  While single ones
    fail again and again it is at least degraded.
    """
    state = _confirmed(before.state, recent[-rules.confirmations :], rules)
    flapping = severity(state) < severity(State.DEGRADED) and _is_flapping(recent[-FLAPPING_HISTORY:], rules)
    if flapping:
        state = State.DEGRADED
    if severity(state) > severity(before.state):
        down = (seen.at for seen in recent if seen.state is State.DOWN and seen.at >= before.since)
        since = next(down, recent[-1].at) if flapping else recent[-rules.confirmations].at
    else:
        since = before.since if state is before.state else _run_up_to(state, recent)[-1].at
    cause = Cause(FLAPPING) if flapping else _cause(state, recent[-rules.confirmations :])
    if cause is None:
        cause = before.cause if state is before.state else NO_CAUSE
    return Verdict(state, since, cause)


def severity(state: State) -> int:
    """0 for up; what is unknown is not worse, so that the first thing known of it needs no less than others."""
    return 0 if state is State.UNKNOWN else WORST_FIRST[::-1].index(state)


def _confirmed(before: State, newest: Sequence[Sighting], rules: Rules) -> State:
    if severity(newest[-1].state) <= severity(before):
        return newest[-1].state
    if len(newest) < rules.confirmations:
        return before
    mildest = min((seen.state for seen in newest), key=severity)
    return mildest if severity(mildest) > severity(before) else before


def _is_flapping(window: Sequence[Sighting], rules: Rules) -> bool:
    return sum(seen.state is State.DOWN for seen in window) >= rules.flapping and spells(window) >= LEAST_SPELLS


def spells(sightings: Sequence[Sighting]) -> int:
    """How often it went down."""
    return sum(is_down for is_down, _ in groupby(seen.state is State.DOWN for seen in sightings))


def _run_up_to(state: State, recent: Sequence[Sighting]) -> list[Sighting]:
    """The newest sightings, newest first, as far back as none was worse than `state`."""
    return list(takewhile(lambda seen: severity(seen.state) <= severity(state), reversed(recent)))


def _cause(state: State, newest: Sequence[Sighting]) -> Cause | None:
    """Of the newest sighting of a state that has one."""
    causes = (seen.cause for seen in reversed(newest) if seen.state is state)
    return next(causes, None) if state in TROUBLE else NO_CAUSE
