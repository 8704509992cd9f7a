"""What one transaction writes besides the issue, and how many events fit into one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lambdas.error_digest.occurrence import Occurrence
from lambdas.error_digest.tally import MuteCounts
from lambdas.shared.error_tracking import items
from lambdas.shared.error_tracking.items import Item
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import Issue, Muted
from lambdas.vocabulary.notices import EXPIRES_AT, IDENTIFIER, RECORD

MOST_ACTIONS: Final = 90
"""For the events of one transaction: DynamoDB takes 100, and the issue itself needs up to five."""
SURELY_FEW: Final = MOST_ACTIONS // 5
"""So many events fit whatever they are: each has a marker, an hour twice, a release and a user."""
FOR_EVER: Final = "total"
"""Stands for the hour where a mute counts without a window."""


def parts(occurrences: Sequence[Occurrence]) -> Iterator[list[Occurrence]]:
    """The events in the order of their time, as many at a time as one transaction takes."""
    if len(occurrences) <= SURELY_FEW:
        yield sorted(occurrences, key=lambda each: each.at)
        return
    part: list[Occurrence] = []
    seen: set[tuple[str, str]] = set()
    used = 0
    for each in sorted(occurrences, key=lambda each: each.at):
        new = _records_of(each) - seen
        if used + len(new) + 1 > MOST_ACTIONS:
            yield part
            part, seen, used, new = [], set(), 0, _records_of(each)
        part.append(each)
        seen |= new
        used += len(new) + 1
    if part:
        yield part


def counters(issue: Issue, muted: Muted | None, occurrences: Sequence[Occurrence], now: datetime) -> Iterator[Item]:
    """By hour and minute, by release, and since the issue was muted."""
    record = issue_record(issue)
    for hour, minutes in _by_hour(occurrences).items():
        yield _add(record, f"hour#{hour}", minutes, now + items.KEEP_HOURS)
    for release, count in Counter(each.release for each in occurrences if each.release).items():
        yield _add(record, f"release#{release}", Counter({items.TOTAL: count}), now + items.KEEP_ISSUES)
    if muted and muted.events:
        yield from _mute_counters(record, muted, [each for each in occurrences if each.at >= muted.at], now)


def mute_counts(table: ErrorTable, issue: Issue, occurrences: Sequence[Occurrence]) -> MuteCounts | None:
    """The events since the mute that lie in the table, as far as they can be in a window with one of these."""
    muted = issue.muted
    if not muted or not muted.events:
        return None
    first, last = FOR_EVER, FOR_EVER
    if muted.window_minutes:
        oldest = min(each.at for each in occurrences) - timedelta(minutes=muted.window_minutes)
        first, last = items.hour_of(oldest), items.hour_of(max(each.at for each in occurrences))
    found = table.query(issue_record(issue), _mute_id(muted, first), _mute_id(muted, last))
    return _mute_counts(found, muted)


def event_actions(project: str, event_ids: Iterable[str], of: str, now: datetime) -> Iterator[Item]:
    """The markers of events that are counted; the transaction fails where there is one."""
    about = {"project": {"S": project}, "issue": {"S": of}, **items.expiry(now + items.KEEP_EVENTS)}
    for event_id in event_ids:
        yield {"Put": {"Item": {**items.event_key(event_id), **about}, **_ABSENT}}


def user_actions(project: str, users: Iterable[str], of: str, now: datetime) -> Iterator[Item]:
    until = items.expiry(now + items.KEEP_ISSUES)
    for user in users:
        yield {"Put": {"Item": {**items.key(*items.user_identity(project, user, of)), **until}, **_ABSENT}}


def no_alias(project: str, fingerprint: str) -> Item:
    """That nobody has merged the issue of this hash into another one meanwhile."""
    return {"ConditionCheck": {"Key": items.alias_key(project, fingerprint), **_ABSENT}}


def quota_action(project: str, most: int, now: datetime, of: str = "new") -> Item:
    """One more today, unless there are as many as there may be."""
    return {
        "Update": {
            "Key": items.key(*items.quota_identity(project, items.day_of(now), of)),
            "UpdateExpression": "ADD #total :one SET #expires = :expires",
            "ConditionExpression": "attribute_not_exists(#total) OR #total < :most",
            "ExpressionAttributeNames": {"#total": items.TOTAL, "#expires": EXPIRES_AT},
            "ExpressionAttributeValues": {
                ":one": {"N": "1"},
                ":most": {"N": str(most)},
                ":expires": items.expiry(now + items.KEEP_QUOTA)[EXPIRES_AT],
            },
        }
    }


def message_action(message: str, now: datetime) -> Item:
    return {"Put": {"Item": {**items.message_key(message), **items.expiry(now + items.KEEP_EVENTS)}, **_ABSENT}}


def sessions_action(record: str, environment: str, counts: "Counter[str]", now: datetime) -> Item:
    return _add(record, f"#{environment}", counts, now + items.KEEP_ISSUES)


def issue_record(issue: Issue) -> str:
    return items.issue_record(issue.project, issue.id)


_ABSENT: Final[Item] = {
    "ConditionExpression": "attribute_not_exists(#r)",
    "ExpressionAttributeNames": {"#r": RECORD},
}


def _records_of(each: Occurrence) -> set[tuple[str, str]]:
    """Besides the event's own: the counters and the user that it may write; an hour's is there twice for a mute."""
    hour = items.hour_of(each.at)
    records = {("hour", hour), ("mute", hour)}
    if each.release:
        records.add(("release", each.release))
    if each.user:
        records.add(("user", each.user))
    return records


def _by_hour(occurrences: Sequence[Occurrence]) -> dict[str, "Counter[str]"]:
    hours: dict[str, Counter[str]] = {}
    for minute, count in Counter(each.at.replace(second=0, microsecond=0) for each in occurrences).items():
        counts = hours.setdefault(items.hour_of(minute), Counter())
        counts[items.TOTAL] += count
        counts[items.MINUTES[minute.minute]] += count
    return hours


def _add(record: str, identifier: str, counts: "Counter[str]", until: datetime) -> Item:
    names = {f"#{name}": name for name in counts}
    values: dict[str, Any] = {f":{name}": {"N": str(count)} for name, count in counts.items()}
    return {
        "Update": {
            "Key": items.key(record, identifier),
            "UpdateExpression": f"ADD {', '.join(f'#{name} :{name}' for name in counts)} SET #expires = :expires",
            "ExpressionAttributeNames": {**names, "#expires": EXPIRES_AT},
            "ExpressionAttributeValues": {**values, ":expires": items.expiry(until)[EXPIRES_AT]},
        }
    }


def _mute_counters(record: str, muted: Muted, occurrences: Sequence[Occurrence], now: datetime) -> Iterator[Item]:
    if not muted.window_minutes and occurrences:
        total = Counter({items.TOTAL: len(occurrences)})
        yield _add(record, _mute_id(muted, FOR_EVER), total, now + items.KEEP_ISSUES)
    elif occurrences:
        until = now + timedelta(minutes=muted.window_minutes) + items.KEEP_EVENTS
        for hour, minutes in _by_hour(occurrences).items():
            yield _add(record, _mute_id(muted, hour), minutes, until)


def _mute_id(muted: Muted, hour: str) -> str:
    return f"mute#{items.moment(muted.at)}#{hour}"


def _mute_counts(found: Sequence[Item], muted: Muted) -> MuteCounts:
    counts: MuteCounts = Counter()
    for item in found:
        hour = item[IDENTIFIER]["S"].rpartition("#")[2]
        if hour == FOR_EVER:
            counts[muted.at] += items.counter(item)
            continue
        start = datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)
        for minute, count in items.minutes_of(item).items():
            counts[start + timedelta(minutes=minute)] += count
    return counts
