"""What an endpoint is now, and how an observation changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Self

from lambdas.shared.endpoint_state.cause import NO_CAUSE, Cause
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.incident import TROUBLE, Incident
from lambdas.shared.endpoint_state.observation import Change, Observation, Rules
from lambdas.shared.endpoint_state.verdict import Sighting, Verdict, severity, spells, verdict
from lambdas.shared.endpoint_state.window import Window, outside, within
from lambdas.vocabulary.endpoints import FLAPPING_HISTORY, State

CLOCK_TOLERANCE = timedelta(minutes=1)


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
    """The newest observations in which something was known and that follow on each other, oldest first."""
    latency_ms: float | None = None
    cause: Cause = NO_CAUSE
    incident: Incident | None = None
    """The one that lasts."""
    named_checks: tuple[str, ...] = ()
    """What the health body of its last answer names, failing or not."""
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

    def seeing(
        self, observation: Observation, rules: Rules, windows: Sequence[Window] = ()
    ) -> tuple[Self, Change | None]:
        """With an observation that is newer than all before, and the change of the public state that it makes.

        `windows` are those of announced maintenance: they change what is counted, and no state.
        """
        if observation.state is State.UNKNOWN:
            return replace(self, checked_at=observation.at), None
        recent = self._recent(observation, rules)
        before = Verdict(self.state, self.since or recent[0].at, self.cause)
        after = verdict(before, recent, rules)
        current = replace(
            self,
            state=after.state,
            since=after.since,
            cause=after.cause,
            checked_at=observation.at,
            recent=recent,
            latency_ms=observation.response_ms,
            named_checks=self.named_checks if observation.state is State.DOWN else observation.named_checks,
            day=_lived(self.day, self.state, after, recent, windows),
            incident=self._incident_after(after, recent),
        )
        return current, None if after.state is self.state else self._change(after)

    def ended_incident(self, after: Self) -> Incident | None:
        """The incident that is over in `after`, the record that follows this one."""
        if self.incident is None or after.incident is not None or after.since is None or after.known_at is None:
            return None
        return _gone_on(self.incident, after.recent).ended(after.since, after.known_at)

    def _recent(self, observation: Observation, rules: Rules) -> tuple[Sighting, ...]:
        """The observations that follow on each other up to this one; only those that may still confirm need a cause."""
        seen = Sighting(observation.at, observation.state, observation.cause)
        if self.known_at is None or not timedelta(0) < observation.at - self.known_at <= rules.gap:
            return (seen,)
        kept = (*self.recent, seen)[-max(FLAPPING_HISTORY, rules.confirmations) :]
        no_longer_confirms = kept[: -rules.confirmations]
        return (*map(Sighting.without_cause, no_longer_confirms), *kept[-rules.confirmations :])

    def _change(self, after: Verdict) -> Change:
        downtime = None
        if self.state is State.DOWN and self.since:
            downtime = max((after.since - self.since).total_seconds(), 0.0)
        return Change(self.endpoint, self.state, after.state, after.since, after.cause, downtime)

    def _incident_after(self, after: Verdict, recent: tuple[Sighting, ...]) -> Incident | None:
        newest = recent[-1]
        if after.state not in TROUBLE:
            return None
        if self.incident is None:
            return _begun(Incident(after.since, after.state, after.cause, newest.at), recent)
        incident = _gone_on(self.incident, recent)
        if severity(after.state) > severity(incident.worst):
            return incident.worsened(after.state, after.cause, newest.at)
        return incident.including(newest.state, newest.cause, newest.at)

    def as_dict(self) -> dict[str, Any]:
        return {
            "day": self.day.as_dict(),
            "state": self.state,
            "since": self.since and self.since.isoformat(),
            "checked_at": self.checked_at and self.checked_at.isoformat(),
            "known_at": self.known_at and self.known_at.isoformat(),
            "sightings": [seen.as_list(self.recent[-1].at) for seen in self.recent],
            "latency_ms": self.latency_ms,
            **self.cause.as_dict(),
            "incident": self.incident and self.incident.as_dict(),
            **({"named_checks": list(self.named_checks)} if self.named_checks else {}),
        }

    @classmethod
    def from_dict(cls, endpoint: str, revision: int, written: Mapping[str, Any]) -> Self:
        incident = written["incident"]
        state = State(written["state"])
        return cls(
            endpoint=endpoint,
            day=Day.from_dict(written["day"]),
            state=state,
            since=_moment(written["since"]),
            checked_at=_moment(written["checked_at"]),
            recent=_sightings(written),
            latency_ms=written["latency_ms"],
            cause=Cause.from_dict(written, state),
            incident=None if incident is None else Incident.from_dict(incident),
            named_checks=tuple(written.get("named_checks", ())),
            revision=revision,
        )


def never_seen(endpoint: str, today: date) -> Current:
    return Current(endpoint, Day(today))


def _begun(incident: Incident, recent: Sequence[Sighting]) -> Incident:
    """An incident with what was seen of it before it was known to be one."""
    seen = [each for each in recent if each.at >= incident.start]
    down = sum(
        (later.at - earlier.at for earlier, later in pairwise(seen) if earlier.state is State.DOWN), timedelta(0)
    )
    return incident.going_on(down, spells(seen))


def _gone_on(incident: Incident, recent: Sequence[Sighting]) -> Incident:
    """An incident up to the newest sighting."""
    before = recent[-2] if len(recent) > 1 else None
    was_down = before is not None and before.state is State.DOWN
    down = recent[-1].at - before.at if before and was_down else timedelta(0)
    return incident.going_on(down, int(recent[-1].state is State.DOWN and not was_down))


def _lived(day: Day, before: State, after: Verdict, recent: Sequence[Sighting], windows: Sequence[Window]) -> Day:
    """The day with the time since the last observation, in the state of that time, or in maintenance.

    A change that dates from before that observation moves the time from then on, as far as the day has it.  From the
    end of maintenance to the next observation nothing is known but what was seen in maintenance: it counts as nothing.
    """
    if len(recent) == 1:
        return day  # there was no observation before
    earlier, newest = recent[-2].at, recent[-1].at
    day, step = day.maintained(within(windows, earlier, newest)), outside(windows, earlier, newest)
    if any(window.covers(earlier) for window in windows):
        step = timedelta(0)
    if after.state is before or after.since >= newest:
        return day.lasting(before, step)
    misjudged = min(outside(windows, after.since, earlier), timedelta(seconds=day.seconds.get(before, 0.0)))
    return day.lasting(before, -misjudged).lasting(after.state, step + misjudged)


def _sightings(written: Mapping[str, Any]) -> tuple[Sighting, ...]:
    if "recent" in written:  # as records were written until they held an hour of them
        return tuple(Sighting(datetime.fromisoformat(at), State(state)) for at, state in written["recent"])
    known_at = _moment(written["known_at"])
    return tuple(Sighting.from_list(seen, known_at) for seen in written["sightings"]) if known_at else ()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
