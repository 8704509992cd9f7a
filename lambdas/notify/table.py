"""The table in which notices wait for their group, and messages for their channels.

notice          <time>#<digest>   a notice as it was received; with `dispatch` once it is dispatched
subject         <digest>          since when something is raised, and when it last changed
window          <level>           until when notices of the level are gathered
outbox#<name>   <dispatch>        what is still to be delivered to a channel
channel         <name>            the lease on the channel, and when it may be retried
delivery#<id>   <channel>         how a dispatch ended at a channel
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from lambdas.notify.deduplicate import Subject
from lambdas.notify.read_notice import Received
from lambdas.vocabulary.notices import (
    DISPATCH,
    EXPIRES_AT,
    IDENTIFIER,
    NOTICES,
    RECORD,
    TEST_ALERT,
    Notice,
    delivery_record,
    identifier_of,
)

CHUNK = 40  # notices of one transaction, which has room for 100 writes: notice, subject, and the channels' outboxes
KEEP_NOTICES = timedelta(days=3)  # longer than the queue keeps a message, which may come twice until then
KEEP_TESTS = timedelta(days=100)  # of test alerts: the checklist asks for the last one, which is monthly
KEEP_SUBJECTS = timedelta(days=400)

Item = dict[str, Any]


class TakenError(Exception):
    """Another invocation was faster."""


@dataclass(frozen=True)
class Window:
    """Notices of one level are gathered until it closes."""

    identifier: str
    closes_at: datetime
    closed: bool = False


@dataclass(frozen=True)
class PendingDelivery:
    """What one dispatch has for one channel."""

    dispatch: str
    dispatched_at: datetime
    notices: tuple[Notice, ...]

    def only(self, keys: Collection[str]) -> Self:
        """Without what is about other subjects."""
        return replace(self, notices=tuple(notice for notice in self.notices if notice.key in keys))


@dataclass(frozen=True)
class ChannelState:
    attempt: int = 0
    not_before: datetime | None = None


@dataclass(frozen=True)
class NoticeTable:
    """`dynamodb` is a boto3 or botocore client; its errors pass through."""

    dynamodb: Any
    name: str

    def store(self, received: Received, moment: datetime) -> bool:
        """Store a notice until its group is dispatched; false when it has been dispatched already."""
        key = _key(NOTICES, identifier_of(received.notice))
        item = {**key, **_text(**_written(received)), **_expiry(moment + _kept([received.notice]))}
        try:
            self._put(item, "attribute_not_exists(#record)")
        except TakenError:
            return DISPATCH not in self._get(key)
        return True

    def waiting(self) -> list[tuple[str, Received]]:
        """All notices that are in no dispatch yet, with their identifiers."""
        items = self._query(NOTICES, FilterExpression="attribute_not_exists(#dispatch)", names={"#dispatch": DISPATCH})
        return [(item[IDENTIFIER]["S"], _received(item)) for item in items]

    def subjects(self, keys: Iterable[str]) -> dict[str, Subject]:
        found = {key: self._get(_subject_key(key)) for key in set(keys)}
        return {key: _subject(item) for key, item in found.items() if item}

    def window(self, level: str) -> Window | None:
        item = self._get(_key("window", level))
        return Window(item["window"]["S"], _time(item["closes_at"]), "closed" in item) if item else None

    def open_window(self, level: str, window: Window, instead_of: Window | None) -> None:
        """Raises TakenError when another one was opened in the meantime."""
        item = {**_key("window", level), **_text(window=window.identifier, closes_at=window.closes_at.isoformat())}
        if instead_of is None:
            self._put(item, "attribute_not_exists(#record)")
        else:
            self._put(item, "#window = :old", {"#window": "window"}, {":old": {"S": instead_of.identifier}})

    def close_window(self, level: str, identifier: str) -> None:
        """The next notice opens another one; raises TakenError when this is not the level's window."""
        self._update(
            _key("window", level),
            "SET #closed = :yes",
            {":yes": {"S": "yes"}, ":window": {"S": identifier}},
            {"#closed": "closed", "#window": "window"},
            condition="#window = :window",
        )

    def dispatch(
        self,
        identifier: str,
        taken: Sequence[str],
        subjects: dict[str, Subject],
        deliveries: dict[str, list[Notice]],
        moment: datetime,
    ) -> None:
        """Dispatch notices, all or none; raises TakenError when one of them is dispatched already."""
        claims = [{"Update": self._claim(notice, identifier)} for notice in taken]
        known = [{"Put": self._item(_subject_item(key, each, moment))} for key, each in subjects.items()]
        sent = [{"Put": self._item(_pending_item(name, identifier, moment, each))} for name, each in deliveries.items()]
        errors = self.dynamodb.exceptions
        try:
            self.dynamodb.transact_write_items(TransactItems=[*claims, *known, *sent])
        except errors.TransactionCanceledException as error:
            codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if codes & {"ConditionalCheckFailed", "TransactionConflict"}:
                raise TakenError(identifier) from error
            raise

    def outbox(self, channel: str) -> list[PendingDelivery]:
        """What is still to be delivered to the channel, oldest first."""
        return [_pending(item) for item in self._query(f"outbox#{channel}")]

    def acknowledge(self, channel: str, deliveries: Sequence[PendingDelivery], outcome: str, moment: datetime) -> None:
        """Remove what ended, well or not, from the channel's outbox, and record how."""
        for delivery in deliveries:
            key = _key(f"outbox#{channel}", delivery.dispatch)
            about = _text(outcome=outcome, at=moment.isoformat(), dispatched_at=delivery.dispatched_at.isoformat())
            expiry = _expiry(moment + _kept(delivery.notices))
            record = {**_key(delivery_record(delivery.dispatch), channel), **about, **expiry}
            self.dynamodb.transact_write_items(
                TransactItems=[{"Put": self._item(record)}, {"Delete": {"TableName": self.name, "Key": key}}]
            )

    def keep_rest(self, channel: str, rest: PendingDelivery) -> None:
        """Leave no more than this of a delivery in the outbox; raises TakenError when it is no longer there."""
        item = _pending_item(channel, rest.dispatch, rest.dispatched_at, rest.notices)
        self._put(item, "attribute_exists(#record)")

    def lease(self, channel: str, moment: datetime, until: datetime) -> ChannelState:
        """Become the only one that delivers to the channel; raises TakenError while another one does."""
        changed = self._update(
            _key("channel", channel),
            "SET #leased = :until",
            {":until": {"S": until.isoformat()}, ":now": {"S": moment.isoformat()}},
            {"#leased": "leased_until"},
            condition="attribute_not_exists(#leased) OR #leased < :now",
        )
        not_before = _time(changed["not_before"]) if "not_before" in changed else None
        return ChannelState(int(changed.get("attempt", {"N": "0"})["N"]), not_before)

    def release(self, channel: str, state: ChannelState) -> None:
        """Let others deliver to the channel again, not before the time that `state` gives."""
        values = {":attempt": {"N": str(state.attempt)}}
        change = "SET attempt = :attempt REMOVE leased_until, not_before"
        if state.not_before:
            values[":time"] = {"S": state.not_before.isoformat()}
            change = "SET attempt = :attempt, not_before = :time REMOVE leased_until"
        self._update(_key("channel", channel), change, values)

    def _claim(self, notice: str, dispatch: str) -> dict[str, Any]:
        return {
            "TableName": self.name,
            "Key": _key(NOTICES, notice),
            "UpdateExpression": "SET #dispatch = :dispatch",
            "ConditionExpression": "attribute_not_exists(#dispatch)",
            "ExpressionAttributeNames": {"#dispatch": DISPATCH},
            "ExpressionAttributeValues": {":dispatch": {"S": dispatch}},
        }

    def _item(self, item: Item) -> dict[str, Any]:
        return {"TableName": self.name, "Item": item}

    def _get(self, key: Item) -> Item:
        item: Item = self.dynamodb.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item", {})
        return item

    def _put(self, item: Item, condition: str, names: dict[str, str] | None = None, values: Item | None = None) -> None:
        names = names or {"#record": RECORD}
        given = {"ExpressionAttributeValues": values} if values else {}
        try:
            self.dynamodb.put_item(
                **self._item(item), ConditionExpression=condition, ExpressionAttributeNames=names, **given
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException as error:
            raise TakenError(item[IDENTIFIER]["S"]) from error

    def _update(
        self, key: Item, change: str, values: Item, names: dict[str, str] | None = None, condition: str = ""
    ) -> Item:
        """The item as it is afterwards; raises TakenError when the condition does not hold."""
        given: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
        given |= {"ConditionExpression": condition} if condition else {}
        try:
            answer = self.dynamodb.update_item(
                TableName=self.name,
                Key=key,
                UpdateExpression=change,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                **given,
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException as error:
            raise TakenError(key[IDENTIFIER]["S"]) from error
        changed: Item = answer["Attributes"]
        return changed

    def _query(self, record: str, names: dict[str, str] | None = None, **filtered: str) -> list[Item]:
        """All items of a record, by their identifiers."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression="#record = :record",
            ExpressionAttributeNames={"#record": RECORD, **(names or {})},
            ExpressionAttributeValues={":record": {"S": record}},
            **filtered,
        )
        return [item for page in pages for item in page["Items"]]


def _key(record: str, identifier: str) -> Item:
    return _text(**{RECORD: record, IDENTIFIER: identifier})


def _text(**values: str) -> Item:
    return {name: {"S": value} for name, value in values.items()}


def _kept(notices: Iterable[Notice]) -> timedelta:
    return KEEP_TESTS if any(notice.key.startswith(TEST_ALERT) for notice in notices) else KEEP_NOTICES


def _expiry(at: datetime) -> Item:
    return {EXPIRES_AT: {"N": str(int(at.timestamp()))}}


def _time(written: dict[str, str]) -> datetime:
    return datetime.fromisoformat(written["S"])


def _written(received: Received) -> dict[str, str]:
    return {"notice": received.notice.to_json(), "about": json.dumps({**asdict(received), "notice": None})}


def _received(item: Item) -> Received:
    return Received(**{**json.loads(item["about"]["S"]), "notice": Notice.from_json(item["notice"]["S"])})


def _subject(item: Item) -> Subject:
    return Subject(_time(item["changed_at"]), _time(item["raised_at"]) if "raised_at" in item else None)


def _subject_item(key: str, subject: Subject, moment: datetime) -> Item:
    raised = _text(raised_at=subject.raised_at.isoformat()) if subject.raised_at else {}
    changed = _text(changed_at=subject.changed_at.isoformat())
    return {**_subject_key(key), **changed, **raised, **_expiry(moment + KEEP_SUBJECTS)}


def _subject_key(key: str) -> Item:
    """By a digest: DynamoDB takes 1 024 bytes, and a notice that it refuses would hold up all others."""
    return _key("subject", hashlib.sha256(key.encode()).hexdigest())


def _pending_item(channel: str, dispatch: str, moment: datetime, notices: Sequence[Notice]) -> Item:
    written = _text(notices=json.dumps([notice.to_json() for notice in notices]), dispatched_at=moment.isoformat())
    return {**_key(f"outbox#{channel}", dispatch), **written, **_expiry(moment + KEEP_NOTICES)}


def _pending(item: Item) -> PendingDelivery:
    notices = tuple(map(Notice.from_json, json.loads(item["notices"]["S"])))
    return PendingDelivery(item[IDENTIFIER]["S"], _time(item["dispatched_at"]), notices)
