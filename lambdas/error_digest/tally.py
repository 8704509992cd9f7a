"""What a number of new events makes of an issue: pure, so that it can be repeated when another digest was faster."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from lambdas.error_digest.occurrence import LEVELS, Occurrence
from lambdas.shared.error_tracking.states import Compare, Effect, Seen, seen
from lambdas.shared.error_tracking.table import MOST_SAMPLES
from lambdas.vocabulary.error_tracking import Issue, Sample, State

MOST_USERS: Final = 1000
_MINUTE: Final = timedelta(minutes=1)

MuteCounts = Counter[datetime]
"""Events since the issue was muted, by the minute."""


@dataclass(frozen=True)
class Tally:
    """The issue after the events."""

    issue: Issue
    change: Effect | None = None
    """What changed its state, and has to be published: a regression, a mute that was exceeded."""
    cause: Occurrence | None = None
    tracked: Counter[datetime] = field(default_factory=Counter)
    """Errors that count for the alarms on rates, by the minute."""


def new_issue(first: Occurrence, project: str, of: str) -> Issue:
    return Issue(
        project,
        of,
        first.group.title,
        first.group.culprit,
        first.level,
        first.source,
        State.OPEN,
        first.at,
        first.at,
        0,
        first_release=first.release,
        last_release=first.release,
        grouping_version=first.group.version,
    )


def tally(
    issue: Issue,
    occurrences: Sequence[Occurrence],
    *,
    compare: Compare,
    new_users: int = 0,
    samples: Sequence[Sample] = (),
    samples_since: datetime,
    muted: MuteCounts | None = None,
) -> Tally:
    """`samples` are those of the occurrences that were kept; older ones than `samples_since` are gone."""
    ordered = sorted(occurrences, key=lambda each: each.at)
    counted = _facts(issue, ordered, new_users)
    counted = replace(counted, samples=_samples(issue, samples, samples_since))
    if not (counted.muted or counted.state is State.RESOLVED):
        return Tally(counted, tracked=Counter(_minute(each.at) for each in ordered if each.is_error))
    return _with_states(counted, ordered, compare, muted if muted is not None else Counter())


def _with_states(issue: Issue, ordered: Sequence[Occurrence], compare: Compare, muted: MuteCounts) -> Tally:
    tracked: Counter[datetime] = Counter()
    change: Effect | None = None
    cause: Occurrence | None = None
    before = issue
    for each in ordered:
        within = 0
        if issue.muted and each.at >= issue.muted.at:
            muted[_minute(each.at)] += 1
            within = _within(muted, each.at, issue.muted.window_minutes)
        issue, effect = seen(issue, Seen(each.at, each.release, each.environment), compare, within)
        if effect in (Effect.REGRESSED, Effect.MUTE_EXCEEDED):
            change, cause = effect, each
        if effect is not Effect.SILENT and each.is_error:
            tracked[_minute(each.at)] += 1
    changed = issue.state is not before.state
    return Tally(replace(issue, revision=issue.revision + changed), change, cause, tracked)


def _facts(issue: Issue, ordered: Sequence[Occurrence], new_users: int) -> Issue:
    first, last = ordered[0], ordered[-1]
    earlier, later = first.at < issue.first_seen, last.at >= issue.last_seen
    return replace(
        issue,
        first_seen=min(first.at, issue.first_seen),
        last_seen=max(last.at, issue.last_seen),
        first_release=first.release if earlier else issue.first_release,
        last_release=(last.release or issue.last_release) if later else issue.last_release,
        count=issue.count + len(ordered),
        users=min(MOST_USERS, issue.users + new_users) if issue.users < MOST_USERS else issue.users,
        level=max((issue.level, *(each.level for each in ordered)), key=_severity),
    )


def _samples(issue: Issue, samples: Sequence[Sample], since: datetime) -> tuple[Sample, ...]:
    known = {sample.event_id: sample for sample in (*issue.samples, *samples) if sample.at >= since}
    return tuple(sorted(known.values(), key=lambda sample: sample.at)[-MOST_SAMPLES:])


def _within(muted: MuteCounts, at: datetime, minutes: int) -> int:
    if not minutes:
        return muted.total()
    return sum(count for minute, count in muted.items() if at - minutes * _MINUTE < minute <= at)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _severity(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else LEVELS.index("error")
