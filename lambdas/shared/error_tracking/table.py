"""The table of errors, as all who read or change it see it; what lies in it is described in `items`."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.shared.clock import Clock
from lambdas.shared.clock import now as by_the_clock
from lambdas.shared.error_tracking import items
from lambdas.shared.error_tracking.items import Identity, Item, Stored
from lambdas.vocabulary.error_tracking import (
    BY_LAST_SEEN,
    LISTED_IN,
    Deployment,
    Issue,
    Release,
    SessionCount,
    State,
)
from lambdas.vocabulary.notices import IDENTIFIER, RECORD

READ_AT_ONCE: Final = 100  # BatchGetItem's limit
ATTEMPTS: Final = 6
"""To read what DynamoDB leaves out, and to write what others wrote meanwhile."""
MOST_SAMPLES: Final = 20
MOST_ABSORBED: Final = 50
"""Issues that are merged into one: their counters are read for it, one by one."""
_ONE_HOUR: Final = timedelta(hours=1)

Pause = Callable[[float], None]


class ChangedMeanwhileError(Exception):
    """Somebody else has changed it since it was read: read it again."""


class TableBusyError(Exception):
    """DynamoDB kept leaving out a part of what was asked for."""


class TooManyMergedError(ValueError):
    """One issue cannot take so many others."""


@dataclass(frozen=True)
class ErrorTable:
    """`dynamodb` is a botocore client, whose errors pass through: throttling, above all."""

    dynamodb: Any
    name: str
    clock: Clock = by_the_clock
    pause: Pause = time.sleep
    keep: timedelta = items.KEEP_ISSUES
    """So long an issue lies there after it was last written."""

    # Issues

    def issue(self, project: str, of: str) -> Issue | None:
        stored = self.stored(project, of)
        return stored.issue if stored else None

    def stored(self, project: str, of: str) -> Stored | None:
        item = self.get(items.issue_key(project, of))
        return items.stored_of(item) if item else None

    def issues(self, project: str, states: Iterable[State] = State, limit: int = 100) -> list[Issue]:
        """The newest last seen first."""
        found = [
            items.stored_of(item).issue
            for state in states
            for item in self._newest(items.listed_in(project, state), limit)
        ]
        return sorted(found, key=lambda issue: issue.last_seen, reverse=True)[:limit]

    def change(self, issue: Issue, to: Issue) -> None:
        """Write the state of `to`; the facts that events change meanwhile stay.

        Raises ChangedMeanwhileError when the issue has another revision than `issue`, or is gone.
        """
        for _ in self.attempts(f"issue {issue.id}"):
            stored = self.stored(issue.project, issue.id)
            if not stored or stored.issue.revision != issue.revision:
                raise ChangedMeanwhileError(f"issue {issue.id} was changed by somebody else")
            changed = with_state_of(stored.issue, to)
            if self._put_issue(replace(stored, issue=replace(changed, revision=issue.revision + 1))):
                return

    def merge(self, into: Issue, others: Iterable[Issue]) -> None:
        """Make one issue of several, now and for all events to come; each of the others at once or not at all.

        Raises ChangedMeanwhileError when one of them is gone, and TooManyMergedError.
        """
        for other in others:
            if other.id != into.id:
                self._merge_one(into, other)

    def hours(self, issue: Issue, hours: int = 24, now: datetime | None = None) -> list[int]:
        """Its events of each of the last hours, the oldest first; the current hour is the last."""
        end = now or self.clock()
        names = [items.hour_of(end - _ONE_HOUR * ago) for ago in reversed(range(hours))]
        counts = dict.fromkeys(names, 0)
        for record in self._records(issue):
            for item in self.query(record, f"hour#{names[0]}", f"hour#{names[-1]}"):
                counts[item[IDENTIFIER]["S"].removeprefix("hour#")] += items.counter(item)
        return list(counts.values())

    def releases_of(self, issue: Issue) -> dict[str, int]:
        """Its events by their release."""
        counts: dict[str, int] = {}
        for record in self._records(issue):
            for item in self.query(record, "release#", "release$"):
                version = item[IDENTIFIER]["S"].removeprefix("release#")
                counts[version] = counts.get(version, 0) + items.counter(item)
        return counts

    def event_issue(self, event_id: str) -> tuple[str, str] | None:
        """The project and the id of the issue that an event of the last days counts to."""
        item = self.get(items.event_key(items.name_of(event_id)))
        if not item:
            return None
        project = item["project"]["S"]
        return project, self._follow(project, item["issue"]["S"])

    def delete_user(self, project: str, user: str) -> list[Issue]:
        """Forget that this user met any issue; returns these issues, whose samples may still hold more of the user.

        `user` is the id that events name.  The counts of users stay.
        """
        record = items.user_record(project, items.user_digest(project, user))
        found = self.query(record)
        for item in found:
            self.dynamodb.delete_item(TableName=self.name, Key=items.key(record, item[IDENTIFIER]["S"]))
        ids = dict.fromkeys(self._follow(project, item[IDENTIFIER]["S"]) for item in found)
        return [issue for of in ids if (issue := self.issue(project, of))]

    # Releases

    def release(self, project: str, version: str) -> Release | None:
        item = self.get(items.release_key(project, items.name_of(version)))
        return items.release_of(item) if item else None

    def releases(self, project: str, limit: int = 100) -> list[Release]:
        """The newest first."""
        return [items.release_of(item) for item in self._newest(items.listed_in(project, items.RELEASES), limit)]

    def put_release(self, release: Release) -> None:
        """Add what is known of a release: its deployments and its earliest time stay, and its commits unless it has
        others."""
        self._change_release(release.project, release.version, lambda before: _joined(before, release))

    def add_deployment(self, project: str, version: str, deployment: Deployment) -> None:
        """The release is made where nobody has made it."""
        made = Release(project, items.name_of(version), deployment.at, deployments=(deployment,))
        self.put_release(made)

    def sessions(self, project: str, version: str) -> SessionCount | None:
        """Of all environments together, whose name is then empty, or of the only one."""
        found = self.query(items.sessions_record(project, items.name_of(version)))
        if not found:
            return None
        environment = found[0][IDENTIFIER]["S"].removeprefix("#") if len(found) == 1 else ""
        sums = (sum(items.counter(item, name) for item in found) for name in ("started", "errored", "crashed"))
        return SessionCount(version, environment, *sums)

    # What the other modules of this package use, too

    def get(self, key: Item) -> Item | None:
        item: Item | None = self.dynamodb.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")
        return item

    def get_many(self, identities: Iterable[Identity]) -> dict[Identity, Item]:
        """The items that exist."""
        wanted = [items.key(*each) for each in dict.fromkeys(identities)]
        found: dict[Identity, Item] = {}
        for start in range(0, len(wanted), READ_AT_ONCE):
            found |= {identity_of(item): item for item in self._read(wanted[start : start + READ_AT_ONCE])}
        return found

    def query(self, record: str, first: str = "", last: str = "") -> list[Item]:
        """The items of a partition, from one identifier to another."""
        condition, values = "#record = :record", {":record": {"S": record}}
        names = {"#record": RECORD}
        if first:
            condition += " AND #id BETWEEN :first AND :last"
            names["#id"] = IDENTIFIER
            values |= {":first": {"S": first}, ":last": {"S": last}}
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        )
        return [item for page in pages for item in page["Items"]]

    def attempts(self, what: str) -> Iterable[int]:
        """Tries, ever later; raises ChangedMeanwhileError after the last one."""
        for attempt in range(ATTEMPTS):
            yield attempt
            self.pause(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - jitter guards nothing
        raise ChangedMeanwhileError(f"{what} was changed by others {ATTEMPTS} times in a row")

    def transact(self, actions: Sequence[Item]) -> None:
        """All or nothing; raises ChangedMeanwhileError when a condition fails or somebody else writes the same."""
        try:
            self.dynamodb.transact_write_items(TransactItems=[_named(action, self.name) for action in actions])
        except self.dynamodb.exceptions.TransactionCanceledException as error:
            if not lost_a_race(error):
                raise
            raise ChangedMeanwhileError("the same records were written by another run") from error

    # Details

    def _read(self, keys: list[Item]) -> list[Item]:
        """What DynamoDB leaves out for being busy is asked for again, ever later."""
        found: list[Item] = []
        for attempt in range(ATTEMPTS):
            answer = self.dynamodb.batch_get_item(RequestItems={self.name: {"Keys": keys, "ConsistentRead": True}})
            found += answer["Responses"].get(self.name, [])
            keys = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if not keys:
                return found
            self.pause(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - jitter guards nothing
        raise TableBusyError(f"table {self.name!r} left out {len(keys)} of the records asked for")

    def _newest(self, partition: str, limit: int) -> list[Item]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            IndexName=BY_LAST_SEEN,
            KeyConditionExpression="#listed = :listed",
            ExpressionAttributeNames={"#listed": LISTED_IN},
            ExpressionAttributeValues={":listed": {"S": partition}},
            ScanIndexForward=False,
            PaginationConfig={"MaxItems": limit},
        )
        return [item for page in pages for item in page["Items"]]

    def _put_issue(self, stored: Stored) -> bool:
        return self.put(self._issue_item(stored), stored.written)

    def _issue_item(self, stored: Stored) -> Item:
        moment = self.clock()
        return items.issue_item(stored, moment, moment + self.keep)

    def put(self, item: Item, written: int | None) -> bool:
        """Whether nobody else has written it since."""
        try:
            self.dynamodb.put_item(TableName=self.name, Item=item, **condition_of(written))
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _change_release(self, project: str, version: str, changed: Callable[[Release | None], Release]) -> None:
        for _ in self.attempts(f"release {version!r}"):
            item = self.get(items.release_key(project, items.name_of(version)))
            before = items.release_of(item) if item else None
            after = changed(before)
            written = items.counter(item, items.WRITTEN) if item else None
            if after == before or self.put(items.release_item(after, self.clock(), (written or 0) + 1), written):
                return

    def _merge_one(self, into: Issue, other: Issue) -> None:
        for _ in self.attempts(f"issue {into.id}"):
            kept, gone = self.stored(into.project, into.id), self.stored(other.project, other.id)
            if not kept or not gone or into.project != other.project:
                raise ChangedMeanwhileError(f"issue {(into if not kept else other).id} is gone")
            joined = _merged(kept, gone)
            try:
                self.transact(self._merge_actions(kept, gone, joined))
            except ChangedMeanwhileError:
                continue
            return

    def _merge_actions(self, kept: Stored, gone: Stored, joined: Stored) -> list[Item]:
        issue = gone.issue
        return [
            {"Put": {"Item": self._issue_item(joined), **condition_of(kept.written)}},
            {"Delete": {"Key": items.issue_key(issue.project, issue.id), **condition_of(gone.written)}},
            *({"Put": {"Item": alias_item(issue.project, fingerprint, kept.issue.id)}} for fingerprint in gone.hashes),
            {"Put": {"Item": alias_item(issue.project, issue.id, kept.issue.id)}},
        ]

    def _records(self, issue: Issue) -> list[str]:
        """The partitions with the counters of the issue: its own, and of those that were merged into it."""
        stored = self.stored(issue.project, issue.id)
        ids = (issue.id, *(stored.absorbed if stored else ()))
        return [items.issue_record(issue.project, of) for of in ids]

    def _follow(self, project: str, of: str) -> str:
        """The issue that another was merged into, and so on; a cycle cannot be, but is not followed for ever."""
        for _ in range(MOST_ABSORBED):
            item = self.get(items.alias_key(project, of))
            if not item:
                break
            of = item["issue"]["S"]
        return of


def with_state_of(issue: Issue, other: Issue) -> Issue:
    """What people change, and what an event does to it."""
    return replace(
        issue, state=other.state, resolved=other.resolved, muted=other.muted, regressed_in=other.regressed_in
    )


def alias_item(project: str, fingerprint: str, to: str) -> Item:
    """Without an end: it is one of the few that people made by merging."""
    return {**items.alias_key(project, fingerprint), "issue": {"S": to}}


def condition_of(written: int | None) -> Item:
    """That it is still as it was written; None when it must not exist."""
    if written is None:
        return {"ConditionExpression": "attribute_not_exists(#r)", "ExpressionAttributeNames": {"#r": RECORD}}
    return {
        "ConditionExpression": "#w = :w",
        "ExpressionAttributeNames": {"#w": items.WRITTEN},
        "ExpressionAttributeValues": {":w": {"N": str(written)}},
    }


def identity_of(item: Item) -> Identity:
    return item[RECORD]["S"], item[IDENTIFIER]["S"]


def lost_a_race(error: Any) -> bool:
    """Whether a transaction was cancelled by what others wrote, and not by throttling or a fault."""
    codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
    return bool(codes & {"ConditionalCheckFailed", "TransactionConflict"})


def _named(action: Item, table: str) -> Item:
    return {kind: {"TableName": table, **given} for kind, given in action.items()}


def _merged(kept: Stored, gone: Stored) -> Stored:
    one, other = kept.issue, gone.issue
    absorbed = (*kept.absorbed, other.id, *gone.absorbed)
    hashes = (*kept.hashes, *gone.hashes)
    if len(absorbed) > MOST_ABSORBED or len(hashes) > items.MOST_HASHES:
        raise TooManyMergedError(f"issue {one.id} has {len(absorbed)} others in it (at most {MOST_ABSORBED})")
    first = min(one, other, key=lambda issue: issue.first_seen)
    last = max(one, other, key=lambda issue: issue.last_seen)
    samples = sorted(one.samples + other.samples, key=lambda sample: sample.at)[-MOST_SAMPLES:]
    issue = replace(
        one,
        first_seen=first.first_seen,
        last_seen=last.last_seen,
        first_release=first.first_release,
        last_release=last.last_release,
        count=one.count + other.count,
        users=one.users + other.users,
        samples=tuple(samples),
        suspects=first.suspects,
        revision=one.revision + 1,
    )
    return Stored(issue, kept.written, hashes, absorbed)


def _joined(before: Release | None, release: Release) -> Release:
    if not before:
        return replace(release, version=items.name_of(release.version))
    known = {(each.environment, each.at, each.name): each for each in (*before.deployments, *release.deployments)}
    return replace(
        before,
        created_at=min(before.created_at, release.created_at),
        commits=release.commits or before.commits,
        deployments=tuple(sorted(known.values(), key=lambda each: each.at)),
        released_at=release.released_at or before.released_at,
    )
