"""The table of incidents.

incident        <number>               an incident as it is now
open            <number>               that it is not closed
incident#<n>    t#<version>            the lines of the timeline that came with this version of it
incident#<n>    page#<version>#<person>#<way>   a page: put before it is sent, marked when it was
incident#<n>    evidence               what was found when it opened
key#<digest>    <number>               the incidents that a subject was part of
outbox          <number>#<version>     what is still to be done after a change
override        <id>                   an override of the rota
action          <id>                   what a review decided to do
seen            <digest>               a form's nonce, another system's delivery: accepted once
guard           opening                the highest number: of two that open an incident at once, one begins again
clock           <name>                 when something was done last

The function `incident` alone writes; all others read.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lambdas.vocabulary.codec import decode, encode
from lambdas.vocabulary.incidents import (
    DOCUMENT,
    EVIDENCE,
    INCIDENTS,
    OPEN,
    Entry,
    Gathered,
    Incident,
    incident_identifier,
    incident_record,
)
from lambdas.vocabulary.notices import EXPIRES_AT, IDENTIFIER, RECORD

KEEP_NOTES = timedelta(days=30)
"""Nonces and deliveries: longer than any link or retry lives."""
_OUTBOX, _GUARD, _CLOCK, _SEEN, _PAGE = "outbox", "guard", "clock", "seen", "page"
_OPENING = "opening"
_NO_INCIDENT = incident_identifier(0)

Item = dict[str, Any]


class ConflictError(Exception):
    """Another invocation changed it first: read again and decide again."""


class BusyError(Exception):
    """Another invocation is at it, or died of it a moment ago."""


@dataclass(frozen=True)
class Pending:
    """What is still to be done after a change of an incident."""

    incident: int
    version: int
    at: datetime
    work: tuple[Any, ...]
    """As JSON holds it."""


@dataclass(frozen=True)
class Change:
    """One incident as it is to be stored, all or nothing."""

    incident: Incident
    """With the version that it has afterwards."""
    entries: Sequence[Entry] = ()
    work: Sequence[Any] = ()
    keys: Mapping[str, datetime] = field(default_factory=dict)
    """When subjects changed, by their digests: those that are new or changed in it."""
    is_new: bool = False
    at: datetime | None = None
    """When."""


@dataclass(frozen=True)
class IncidentTable:
    """`dynamodb` is a boto3 or botocore client; its errors pass through."""

    dynamodb: Any
    name: str

    def incident(self, number: int) -> Incident | None:
        return _incident(self._get(_key(INCIDENTS, incident_identifier(number))))

    def open_incidents(self) -> list[Incident]:
        """All that are not closed, oldest first."""
        numbers = [int(item[IDENTIFIER]["S"]) for item in self._query(OPEN)]
        found = (self.incident(number) for number in numbers)
        return [incident for incident in found if incident]

    def newest(self, limit: int = 100) -> Iterator[Incident]:
        """Newest first."""
        for item in self._query(INCIDENTS, newest_first=True, limit=limit):
            if found := _incident(item):
                yield found

    def with_key(self, key: str, limit: int = 5) -> list[int]:
        """The numbers of the incidents that the subject was part of, newest first; `key` is its digest."""
        numbers = (int(item[IDENTIFIER]["S"]) for item in self._query(f"key#{key}", newest_first=True, limit=limit + 1))
        return [number for number in numbers if number][:limit]

    def changed_at(self, key: str) -> datetime | None:
        """When the subject changed last, in any incident or in none."""
        items = [*self._query(f"key#{key}", newest_first=True, limit=1), self._get(_key(f"key#{key}", _NO_INCIDENT))]
        return max((datetime.fromisoformat(item["at"]["S"]) for item in items if item), default=None)

    def note_change(self, key: str, at: datetime, moment: datetime) -> None:
        """That a subject of no incident recovered: what began before is over."""
        item = {**_key(f"key#{key}", _NO_INCIDENT), "at": {"S": at.isoformat()}}
        self.dynamodb.put_item(TableName=self.name, Item={**item, **_expiry(moment + KEEP_NOTES)})

    def timeline(self, number: int) -> list[Entry]:
        """Oldest first."""
        items = self._query(incident_record(number), beginning="t#")
        written = [entry for item in items for entry in json.loads(item[DOCUMENT]["S"])]
        return sorted((decode(Entry, entry, ignore_unknown=True) for entry in written), key=lambda entry: entry.at)

    def evidence(self, number: int) -> Gathered | None:
        item = self._get(_key(incident_record(number), EVIDENCE))
        return decode(Gathered, json.loads(item[DOCUMENT]["S"]), ignore_unknown=True) if item else None

    def highest(self) -> int:
        """The number of the newest incident; 0 before the first."""
        item = self._get(_key(_GUARD, _OPENING))
        return int(item["number"]["N"]) if item else 0

    def store(self, change: Change) -> None:
        """Store a change, its timeline and what is to be done; raises ConflictError when another one was first."""
        incident = change.incident
        identifier = incident_identifier(incident.number)
        before = incident.version - 1
        condition: Item = {"ConditionExpression": "attribute_not_exists(#record)", **_named("record")}
        if not change.is_new:
            condition = {
                "ConditionExpression": "#version = :before",
                **_named("version"),
                "ExpressionAttributeValues": {":before": {"N": str(before)}},
            }
        document = {DOCUMENT: {"S": incident.to_json()}, "version": {"N": str(incident.version)}}
        writes = [self._put({**_key(INCIDENTS, identifier), **document}, **condition)]
        pointer = _key(OPEN, identifier)
        closed = incident.closed_at is not None
        writes.append({"Delete": {"TableName": self.name, "Key": pointer}} if closed else self._put(pointer))
        if change.entries:
            key = _key(incident_record(incident.number), f"t#{incident.version:06d}")
            writes.append(self._put({**key, DOCUMENT: {"S": json.dumps(encode(tuple(change.entries)))}}))
        if change.work:
            writes.append(self._put(_pending_item(change)))
        for digest, at in change.keys.items():
            writes.append(self._put({**_key(f"key#{digest}", identifier), "at": {"S": at.isoformat()}}))
        if change.is_new:
            writes.append(self._guard(incident.number))
        self._transact(writes)

    def pending(self) -> list[Pending]:
        """What is still to be done, of all incidents, oldest first."""
        return [_pending(item) for item in self._query(_OUTBOX)]

    def done(self, pending: Pending) -> None:
        self.dynamodb.delete_item(TableName=self.name, Key=_outbox_key(pending.incident, pending.version))

    def claim_page(self, number: int, page: str, moment: datetime, again_after: timedelta) -> bool:
        """Whether this page is to be sent now; not when it was sent.

        Raises BusyError while another invocation sends it.  One that has been sending it for longer than `again_after`
        has died, and nobody knows whether the page went out: twice is better than never.
        """
        key = _page_key(number, page)
        try:
            self.dynamodb.update_item(
                TableName=self.name,
                Key=key,
                UpdateExpression="SET #sending = :now",
                ConditionExpression="attribute_not_exists(#sent) AND (attribute_not_exists(#sending) OR #sending < :o)",
                ExpressionAttributeNames={"#sending": "sending", "#sent": "sent"},
                ExpressionAttributeValues={
                    ":now": {"S": moment.isoformat()},
                    ":o": {"S": (moment - again_after).isoformat()},
                },
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            if "sent" not in self._get(key):
                raise BusyError(page) from None
            return False
        return True

    def page_sent(self, number: int, page: str, moment: datetime) -> None:
        self.dynamodb.update_item(
            TableName=self.name,
            Key=_page_key(number, page),
            UpdateExpression="SET #sent = :now",
            ExpressionAttributeNames={"#sent": "sent"},
            ExpressionAttributeValues={":now": {"S": moment.isoformat()}},
        )

    def page_failed(self, number: int, page: str) -> None:
        """It was not accepted: it may be tried again at once."""
        self.dynamodb.delete_item(TableName=self.name, Key=_page_key(number, page))

    def keep_evidence(self, number: int, gathered: Gathered) -> None:
        key = _key(incident_record(number), EVIDENCE)
        self.dynamodb.put_item(TableName=self.name, Item={**key, DOCUMENT: {"S": gathered.to_json()}})

    def first_time(self, what: str, moment: datetime) -> bool:
        """Whether this nonce or delivery is seen for the first time; `what` is its digest."""
        try:
            self.dynamodb.put_item(
                TableName=self.name,
                Item={**_key(_SEEN, what), **_expiry(moment + KEEP_NOTES)},
                ConditionExpression="attribute_not_exists(#record)",
                ExpressionAttributeNames={"#record": RECORD},
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def last(self, what: str) -> datetime | None:
        """When it was done last."""
        item = self._get(_key(_CLOCK, what))
        return datetime.fromisoformat(item["at"]["S"]) if item else None

    def advance(self, what: str, before: datetime | None, to: datetime) -> bool:
        """Note that it is done now; false when another invocation has done so since `before`."""
        condition = "attribute_not_exists(#at)" if before is None else "#at = :before"
        values = {} if before is None else {"ExpressionAttributeValues": {":before": {"S": before.isoformat()}}}
        try:
            self.dynamodb.put_item(
                TableName=self.name,
                Item={**_key(_CLOCK, what), "at": {"S": to.isoformat()}},
                ConditionExpression=condition,
                ExpressionAttributeNames={"#at": "at"},
                **values,
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def documents(self, record: str) -> list[str]:
        """The JSON of all records of a kind, such as overrides and actions."""
        return [item[DOCUMENT]["S"] for item in self._query(record)]

    def put_document(self, record: str, identifier: str, document: str, expires_at: datetime | None = None) -> None:
        item = {**_key(record, identifier), DOCUMENT: {"S": document}, **(_expiry(expires_at) if expires_at else {})}
        self.dynamodb.put_item(TableName=self.name, Item=item)

    def delete(self, record: str, identifier: str) -> bool:
        """Whether it was there."""
        answer = self.dynamodb.delete_item(TableName=self.name, Key=_key(record, identifier), ReturnValues="ALL_OLD")
        return "Attributes" in answer

    def _guard(self, number: int) -> Item:
        first = number == 1
        condition = "attribute_not_exists(#number)" if first else "#number = :before"
        values = {} if first else {"ExpressionAttributeValues": {":before": {"N": str(number - 1)}}}
        return self._put(
            {**_key(_GUARD, _OPENING), "number": {"N": str(number)}},
            ConditionExpression=condition,
            **_named("number"),
            **values,
        )

    def _put(self, item: Item, **condition: Any) -> Item:
        return {"Put": {"TableName": self.name, "Item": item, **condition}}

    def _transact(self, writes: Iterable[Item]) -> None:
        errors = self.dynamodb.exceptions
        try:
            self.dynamodb.transact_write_items(TransactItems=list(writes))
        except errors.TransactionCanceledException as error:
            codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if codes & {"ConditionalCheckFailed", "TransactionConflict"}:
                raise ConflictError("another invocation was first") from error
            raise

    def _get(self, key: Item) -> Item:
        item: Item = self.dynamodb.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item", {})
        return item

    def _query(
        self, record: str, *, beginning: str = "", newest_first: bool = False, limit: int | None = None
    ) -> Iterator[Item]:
        condition, values = "#record = :record", {":record": {"S": record}}
        names = {"#record": RECORD}
        if beginning:
            condition, names = f"{condition} AND begins_with(#id, :beginning)", {**names, "#id": IDENTIFIER}
            values[":beginning"] = {"S": beginning}
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ScanIndexForward=not newest_first,
            PaginationConfig={"MaxItems": limit},
        )
        for page in pages:
            yield from page["Items"]


def _key(record: str, identifier: str) -> Item:
    return {RECORD: {"S": record}, IDENTIFIER: {"S": identifier}}


def _page_key(number: int, page: str) -> Item:
    return _key(incident_record(number), f"{_PAGE}#{page}")


def _outbox_key(number: int, version: int) -> Item:
    return _key(_OUTBOX, f"{incident_identifier(number)}#{version:06d}")


def _expiry(at: datetime) -> Item:
    return {EXPIRES_AT: {"N": str(int(at.timestamp()))}}


def _named(attribute: str) -> Item:
    return {"ExpressionAttributeNames": {f"#{attribute}": attribute}}


def _incident(item: Item) -> Incident | None:
    return decode(Incident, json.loads(item[DOCUMENT]["S"]), ignore_unknown=True) if item else None


def _pending_item(change: Change) -> Item:
    incident = change.incident
    work = {"S": json.dumps(list(change.work))}
    at = {"S": (change.at or incident.changed_at).isoformat()}
    return {**_outbox_key(incident.number, incident.version), DOCUMENT: work, "at": at}


def _pending(item: Item) -> Pending:
    number, version = item[IDENTIFIER]["S"].split("#")
    work = tuple(json.loads(item[DOCUMENT]["S"]))
    return Pending(int(number), int(version), datetime.fromisoformat(item["at"]["S"]), work)
