"""What an endpoint is now, and how an observation changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Self

from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.incident import TROUBLE, Incident
from lambdas.shared.endpoint_state.observation import Change, Observation, Rules
from lambdas.vocabulary.endpoints import WORST_FIRST, State

CLOCK_TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True)
class Sighting:
    """A state that was seen, at a time."""

    at: datetime
    state: State


@dataclass(frozen=True)
class Current:
    """One endpoint's public state, the observations that may change it, and the numbers of its day.

    All of it is one record, so that one conditional write moves all of it or nothing.
    """

    endpoint: str
    day: Day
    state: State = State.UNKNOWN
    since: datetime | None = None
    """The first observation of this state."""
    checked_at: datetime | None = None
    """The newest observation, even if it was of nothing."""
    recent: tuple[Sighting, ...] = ()
    """The newest observations in which something was known, oldest first."""
    latency_ms: float | None = None
    reason: str = ""
    incident: Incident | None = None
    """The one that lasts."""
    revision: int = field(default=0, compare=False)
    """Counts the writes of the record; 0 when it was never written."""

    @property
    def known_at(self) -> datetime | None:
        """The newest observation in which something was known."""
        return self.recent[-1].at if self.recent else None

    def is_later_than(self, at: datetime, moment: datetime) -> bool:
        """Whether an observation at `at` comes too late to matter for the state.

        A record that is ahead of the present `moment` was written by a clock that was wrong: it does not count.
        """
        return self.checked_at is not None and at <= self.checked_at <= moment + CLOCK_TOLERANCE

    def seeing(self, observation: Observation, rules: Rules) -> tuple[Self, Change | None]:
        """With an observation that is newer than all before, and the change of the public state that it makes."""
        if observation.state is State.UNKNOWN:
            return replace(self, checked_at=observation.at), None
        recent = self._recent(observation, rules)
        after = _settled(self.state, recent, rules.confirmations)
        worsens = _severity(after) > _severity(self.state)
        since = recent[-rules.confirmations].at if worsens else observation.at
        current = replace(
            self,
            checked_at=observation.at,
            recent=recent[-rules.confirmations :],
            latency_ms=observation.response_ms,
            day=_lived(self.day, self.state, after, recent, since if worsens else None),
        )
        if after is self.state:
            return current, None
        change = self._change(after, since, observation)
        reason = "" if after is State.UP else observation.reason
        incident = self._incident_after(change)
        return replace(current, state=after, since=since, reason=reason, incident=incident), change

    def ended_incident(self, change: Change | None) -> Incident | None:
        """The incident that `change` ends."""
        if self.incident is None or change is None or change.after in TROUBLE:
            return None
        incident = self._counted(self.incident, change)
        return replace(incident, end=max(change.since, incident.start))  # a clock may have gone back

    def _recent(self, observation: Observation, rules: Rules) -> tuple[Sighting, ...]:
        """The observations that follow on each other up to this one."""
        seen = Sighting(observation.at, observation.state)
        if self.known_at is None or not timedelta(0) < observation.at - self.known_at <= rules.gap:
            return (seen,)
        return (*self.recent, seen)

    def _change(self, after: State, since: datetime, observation: Observation) -> Change:
        downtime = None
        if self.state is State.DOWN and self.since:
            downtime = max((since - self.since).total_seconds(), 0.0)
        return Change(self.endpoint, self.state, after, since, observation.reason, downtime)

    def _incident_after(self, change: Change) -> Incident | None:
        if change.after not in TROUBLE:
            return None
        if self.incident is None:
            return Incident(change.since, change.after, change.reason)
        incident = self._counted(self.incident, change)
        if _severity(change.after) > _severity(incident.worst):
            return incident.worsened(change.after, change.reason)
        return incident

    def _counted(self, incident: Incident, change: Change) -> Incident:
        return replace(incident, down_seconds=incident.down_seconds + (change.downtime_seconds or 0.0))

    def as_dict(self) -> dict[str, Any]:
        return {
            "day": self.day.as_dict(),
            "state": self.state,
            "since": self.since and self.since.isoformat(),
            "checked_at": self.checked_at and self.checked_at.isoformat(),
            "recent": [[seen.at.isoformat(), seen.state] for seen in self.recent],
            "latency_ms": self.latency_ms,
            "reason": self.reason,
            "incident": self.incident and self.incident.as_dict(),
        }

    @classmethod
    def from_dict(cls, endpoint: str, revision: int, written: Mapping[str, Any]) -> Self:
        incident = written["incident"]
        return cls(
            endpoint=endpoint,
            day=Day.from_dict(written["day"]),
            state=State(written["state"]),
            since=_moment(written["since"]),
            checked_at=_moment(written["checked_at"]),
            recent=tuple(Sighting(datetime.fromisoformat(at), State(state)) for at, state in written["recent"]),
            latency_ms=written["latency_ms"],
            reason=written["reason"],
            incident=None if incident is None else Incident.from_dict(incident),
            revision=revision,
        )


def never_seen(endpoint: str, today: date) -> Current:
    return Current(endpoint, Day(today))


def _settled(state: State, recent: tuple[Sighting, ...], confirmations: int) -> State:
    """The public state: better at once, worse only when enough observations in a row agree on at least that."""
    newest = recent[-1].state
    if _severity(newest) <= _severity(state):
        return newest
    if len(recent) < confirmations:
        return state
    mildest = min((seen.state for seen in recent[-confirmations:]), key=_severity)
    return mildest if _severity(mildest) > _severity(state) else state


def _lived(day: Day, before: State, after: State, recent: tuple[Sighting, ...], worse_since: datetime | None) -> Day:
    """The day with the time since the last observation, in the state in which it was spent.

    What got worse did so at `worse_since`: the time from then on was counted as good, and is moved.
    """
    if len(recent) == 1:
        return day  # nobody looked before
    step = recent[-1].at - recent[-2].at
    if worse_since is None:
        return day.lasting(before, step)
    misjudged = recent[-2].at - worse_since
    return day.lasting(before, -misjudged).lasting(after, step + misjudged)


def _severity(state: State) -> int:
    """0 for up; what is unknown is not worse, so that the first thing known of it needs no less than others."""
    return 0 if state is State.UNKNOWN else WORST_FIRST[::-1].index(state)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
