"""Counts new events: each one once, whatever fails in between and however often it comes.

In this order:

1. Samples are written to the bucket, under a name that is the same for the same events.
2. In one transaction for the events of one issue: the issue, its counters, a marker for each event, and what has to be
   published.  So either an event is counted and marked, or neither.
3. What has to be published is published (`announce`), and then removed.
4. The message is acknowledged, by the answer to SQS.

Killed at any point, the messages come again: events with a marker are passed over, all others are counted then.  The
transaction is on condition that the issue is as it was read, that no event has a marker, and that no user is known
already: of two digests that race, one reads again.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.error_digest.actions import (
    counters,
    event_actions,
    mute_counts,
    no_alias,
    parts,
    quota_action,
    user_actions,
)
from lambdas.error_digest.notices import NoticeWriter
from lambdas.error_digest.occurrence import Occurrence
from lambdas.error_digest.outbox import Kind, pending_item
from lambdas.error_digest.releases import Known, ReleaseRegister
from lambdas.error_digest.settings import Settings
from lambdas.error_digest.tally import MOST_USERS, Tally, new_issue, tally
from lambdas.shared.clock import Clock, now
from lambdas.shared.error_tracking import items, samples
from lambdas.shared.error_tracking.items import Identity, Item, Stored
from lambdas.shared.error_tracking.states import Effect
from lambdas.shared.error_tracking.table import (
    MOST_SAMPLES,
    ChangedMeanwhileError,
    ErrorTable,
    condition_of,
)
from lambdas.vocabulary.error_tracking import Commit, Event, Issue, Release, Sample

OVERFLOW_HASH: Final = "overflow"
"""Of the issue to which events count that would be too many new issues in a day."""
MOST_KEPT: Final = 5
"""Samples of a new issue; most time goes into writing them."""
KEPT_EVERY: Final = timedelta(minutes=1)
"""After which it gets one more."""
FULL_KEPT_EVERY: Final = timedelta(minutes=10)
"""The same of an issue that has as many as it may have: the oldest goes."""

ByHash = Mapping[str, Sequence[Occurrence]]
Suspects = Callable[[Event, Release], tuple[Commit, ...]]


def no_suspects(_event: Event, _release: Release) -> tuple[Commit, ...]:
    return ()


class QuotaReachedError(Exception):
    """The project has as many new issues today as it may have."""


@dataclass
class Totals:
    """What was counted in one call."""

    events: int = 0
    repeated: int = 0
    tracked: Counter[datetime] = field(default_factory=Counter)


@dataclass
class EventCounter:
    settings: Settings
    table: ErrorTable
    s3: Any
    suspects: Suspects = no_suspects
    clock: Clock = now

    def __post_init__(self) -> None:
        self.releases = ReleaseRegister(self.table)
        self.writer = NoticeWriter(self.settings)

    def count(self, project: str, occurrences: Iterable[Occurrence], totals: Totals) -> None:
        """Count all that were not counted before.  Raises what AWS raises: what is not counted then comes again."""
        once = {each.event_id: each for each in occurrences}
        by_own_hash = _by_hash(once.values())
        known = self.table.get_many(self._identities(project, by_own_hash))
        fresh = [each for each in once.values() if items.event_identity(each.event_id) not in known]
        totals.repeated += len(once) - len(fresh)
        by_hash = self._with_overflow(project, _by_hash(fresh), known)
        self.releases.register(project, fresh, known)
        kept = self._keep_samples(project, by_hash, known)
        late: list[Occurrence] = []
        for fingerprint, of_one in by_hash.items():
            try:
                self._count_hash(Work(project, fingerprint, kept, totals), of_one, known)
            except QuotaReachedError:
                late += of_one
        if late:
            self._count_hash(Work(project, OVERFLOW_HASH, kept, totals), late, None)

    def _count_hash(self, work: "Work", occurrences: Sequence[Occurrence], known: Known | None) -> None:
        for part in parts(occurrences):
            self._count_part(work, part, known)
            known = None  # it is old now

    def _count_part(self, work: "Work", part: Sequence[Occurrence], known: Known | None) -> None:
        """In one transaction; again, while others write the same issue."""
        for _ in self.table.attempts(f"the issue of {work.fingerprint}"):
            target = self._target(work, part, known)
            if not target.fresh:
                return
            outcome = self._tally(work, target)
            try:
                self.table.transact(self._actions(work, target, outcome))
            except ChangedMeanwhileError:
                known = None
                continue
            work.totals.events += len(target.fresh)
            work.totals.tracked += outcome.tracked
            return

    def _target(self, work: "Work", part: Sequence[Occurrence], known: Known | None) -> "Target":
        """What the events count to, as it is now."""
        project, fingerprint = work.project, work.fingerprint
        if known is None:
            known = self.table.get_many(self._identities(project, {fingerprint: part}))
        alias = known.get(items.alias_identity(project, fingerprint))
        of = alias["issue"]["S"] if alias else items.issue_id(project, fingerprint)
        if alias:
            known = {**known, **self.table.get_many(_of_issue(project, of, part))}
        fresh = [each for each in part if items.event_identity(each.event_id) not in known]
        users = {each.user for each in fresh if each.user}
        unknown = sorted(user for user in users if items.user_identity(project, user, of) not in known)
        item = known.get(items.issue_identity(project, of))
        if not item and fingerprint != OVERFLOW_HASH and self._is_full(project, known):
            raise QuotaReachedError
        has_samples = any(each.event_id in work.kept for each in fresh)
        stored = items.stored_of(item, with_samples=has_samples) if item else None
        return Target(of, stored, fresh, unknown, is_alias=alias is not None)

    def _tally(self, work: "Work", target: "Target") -> Tally:
        before = target.stored.issue if target.stored else self._new(work, target)
        return tally(
            before,
            target.fresh,
            compare=self.releases.compare(work.project),
            new_users=len(target.users),
            samples=[work.kept[each.event_id] for each in target.fresh if each.event_id in work.kept],
            samples_since=self.clock() - self.settings.sample_retention,
            muted=mute_counts(self.table, before, target.fresh),
        )

    def _new(self, work: "Work", target: "Target") -> Issue:
        first = min(target.fresh, key=lambda each: each.at)
        issue = new_issue(first, work.project, target.of)
        if work.fingerprint == OVERFLOW_HASH:
            title = f"More kinds of errors than {self.settings.new_issues_per_day} in one day"
            return replace(issue, title=title, culprit="")
        release = self.table.release(work.project, first.release) if first.release else None
        return replace(issue, suspects=self.suspects(first.recall(), release)) if release else issue

    def _actions(self, work: "Work", target: "Target", outcome: Tally) -> list[Item]:
        moment = self.clock()
        before, issue = target.stored, outcome.issue
        after = replace(before or Stored(issue, hashes=(work.fingerprint,)), issue=issue)
        put = {
            "Item": items.issue_item(after, moment, moment + self.settings.issue_retention),
            **condition_of(before.written if before else None),
        }
        users = target.users if not before or before.issue.users < MOST_USERS else []
        actions: list[Item] = [
            {"Put": put},
            *counters(issue, before.issue.muted if before else None, target.fresh, moment),
            *user_actions(work.project, users, target.of, moment),
            *event_actions(work.project, (each.event_id for each in target.fresh), target.of, moment),
            *({"Put": {"Item": item}} for item in self._notices(work, target, outcome)),
        ]
        if before:
            return actions
        if not target.is_alias:
            actions.append(no_alias(work.project, work.fingerprint))
        if work.fingerprint != OVERFLOW_HASH:
            actions.append(quota_action(work.project, self.settings.new_issues_per_day, moment))
        return actions

    def _notices(self, work: "Work", target: "Target", outcome: Tally) -> Iterator[Item]:
        issue, before = outcome.issue, target.stored
        if not before and work.fingerprint == OVERFLOW_HASH:
            notice = self.writer.overflow(issue, issue.first_seen)
            yield pending_item(work.project, Kind.OVERFLOW, issue.id, issue.revision, notice)
        elif not before:
            yield pending_item(work.project, Kind.NEW, issue.id, issue.revision, self.writer.new(issue))
        elif outcome.cause and outcome.change is Effect.REGRESSED:
            notice = self.writer.regressed(issue, outcome.cause)
            yield pending_item(work.project, Kind.REGRESSED, issue.id, issue.revision, notice)
        elif outcome.cause:
            notice = self.writer.mute_exceeded(before.issue, issue, outcome.cause)
            yield pending_item(work.project, Kind.MUTE_EXCEEDED, issue.id, issue.revision, notice)

    def _with_overflow(self, project: str, by_hash: ByHash, known: Known) -> ByHash:
        """Where the day's quota is reached, all that would be new is one."""
        if not self._is_full(project, known):
            return by_hash
        bounded: defaultdict[str, list[Occurrence]] = defaultdict(list)
        for fingerprint, of_one in by_hash.items():
            bounded[OVERFLOW_HASH if _is_new(project, fingerprint, known) else fingerprint] += of_one
        return bounded

    def _keep_samples(self, project: str, by_hash: ByHash, known: Known) -> dict[str, Sample]:
        """By the events' ids."""
        kept = [
            each
            for fingerprint, of_one in by_hash.items()
            for each in self._wanted(project, fingerprint, of_one, known)
        ]
        if not kept:
            return {}
        key = samples.key_of(project, [each.event_id for each in kept], self.clock())
        samples.write(self.s3, self.settings.bucket, key, [each.recall() for each in kept])
        return {
            each.event_id: Sample(key, line, each.event_id, each.at, each.release) for line, each in enumerate(kept)
        }

    def _wanted(
        self, project: str, fingerprint: str, of_one: Sequence[Occurrence], known: Known
    ) -> Sequence[Occurrence]:
        """The newest few of a new issue; later one in a while, so that they are not all of one moment."""
        item = known.get(items.issue_identity(project, items.issue_id(project, fingerprint)))
        if not item:
            return of_one[-1:] if items.alias_identity(project, fingerprint) in known else of_one[-MOST_KEPT:]
        pause = KEPT_EVERY if items.counter(item, items.SAMPLED) < MOST_SAMPLES else FULL_KEPT_EVERY
        due = items.counter(item, items.SAMPLED_AT) + pause.total_seconds()
        return of_one[-1:] if self.clock().timestamp() >= due else ()

    def _identities(self, project: str, by_hash: ByHash) -> Iterator[Identity]:
        """Of all that has to be known of events, if no issue was merged into another."""
        yield items.quota_identity(project, items.day_of(self.clock()))
        for fingerprint, of_one in by_hash.items():
            yield items.alias_identity(project, fingerprint)
            yield from _of_issue(project, items.issue_id(project, fingerprint), of_one)
            for each in of_one:
                yield items.event_identity(each.event_id)
            yield from self.releases.unknown(project, {each.release for each in of_one})

    def _is_full(self, project: str, known: Known) -> bool:
        quota = known.get(items.quota_identity(project, items.day_of(self.clock())))
        return quota is not None and items.counter(quota) >= self.settings.new_issues_per_day


@dataclass(frozen=True)
class Work:
    """The events of one hash in one call."""

    project: str
    fingerprint: str
    kept: Mapping[str, Sample]
    totals: Totals


@dataclass(frozen=True)
class Target:
    """The issue as it was read, and what is new to it."""

    of: str
    stored: Stored | None
    fresh: Sequence[Occurrence]
    users: Sequence[str]
    is_alias: bool


def _by_hash(occurrences: Iterable[Occurrence]) -> ByHash:
    by_hash: defaultdict[str, list[Occurrence]] = defaultdict(list)
    for each in occurrences:
        by_hash[each.group.hash].append(each)
    return by_hash


def _of_issue(project: str, of: str, occurrences: Iterable[Occurrence]) -> Iterator[Identity]:
    yield items.issue_identity(project, of)
    for user in {each.user for each in occurrences if each.user}:
        yield items.user_identity(project, user, of)


def _is_new(project: str, fingerprint: str, known: Known) -> bool:
    issue = items.issue_identity(project, items.issue_id(project, fingerprint))
    return issue not in known and items.alias_identity(project, fingerprint) not in known
