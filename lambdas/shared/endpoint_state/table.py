"""The table in which endpoints' states lie.

All writes to an endpoint's records are in one order: each goes with a new revision of its current record, on condition
that nobody else has written that revision.  So runs may overlap, and none can undo or repeat what another did.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lambdas.shared import aws
from lambdas.shared.endpoint_state.current import Current, never_seen
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.history import History
from lambdas.shared.endpoint_state.records import (
    CURRENT,
    REVISION,
    Item,
    current_of,
    day_of,
    day_record,
    history_of,
    items_of,
    key_of,
)
from lambdas.shared.endpoint_state.step import Step
from lambdas.vocabulary.endpoints import ENDPOINT, RECORD

THREADS = 16
READ_AT_ONCE = 100  # BatchGetItem's limit
ATTEMPTS_TO_READ = 6


class OvertakenError(Exception):
    """Another run has written the endpoint's record in the meantime: read it again."""


class TableBusyError(Exception):
    """DynamoDB kept leaving out a part of what was asked for."""


@dataclass(frozen=True)
class StateTable:
    """`dynamodb` is a boto3 or botocore client; its errors pass through."""

    dynamodb: Any
    name: str

    def currents(self, endpoints: Sequence[str], today: date) -> list[Current]:
        """The current record of each endpoint, in their order; an empty one for an endpoint that is new."""
        found: dict[str, Item] = {}
        for start in range(0, len(endpoints), READ_AT_ONCE):
            keys = [key_of(endpoint, CURRENT) for endpoint in endpoints[start : start + READ_AT_ONCE]]
            found |= {item[ENDPOINT]["S"]: item for item in self._read_many(keys)}
        return [current_of(found[name], today) if name in found else never_seen(name, today) for name in endpoints]

    def current(self, endpoint: str, today: date) -> Current:
        item = self._read(endpoint, CURRENT)
        return current_of(item, today) if item else never_seen(endpoint, today)

    def day(self, endpoint: str, of: date) -> Day:
        item = self._read(endpoint, day_record(of))
        return (day_of(item) if item else None) or Day(of)

    def write(self, step: Step, moment: datetime) -> None:
        """Write all records of the step or none; raises OvertakenError when the current one has moved on."""
        puts = [{"TableName": self.name, "Item": item} for item in items_of(step, moment)]
        puts[0] |= _condition(step.current.revision)
        errors = self.dynamodb.exceptions
        try:
            if len(puts) == 1:
                self.dynamodb.put_item(**puts[0])
            else:  # costs twice as much, and is needed once a day and when an incident begins, worsens or ends
                self.dynamodb.transact_write_items(TransactItems=[{"Put": put} for put in puts])
        except errors.ConditionalCheckFailedException as error:
            raise OvertakenError(f"{step.current.endpoint!r} was written by another run") from error
        except errors.TransactionCanceledException as error:
            if not _lost_a_race(error.response):
                raise
            raise OvertakenError(f"{step.current.endpoint!r} was written by another run") from error

    def history(self, endpoint: str, since: date, today: date) -> History:
        """The endpoint's records from the day `since` on."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="#endpoint = :endpoint",
            ExpressionAttributeNames={"#endpoint": ENDPOINT},
            ExpressionAttributeValues={":endpoint": {"S": endpoint}},
        )
        return history_of(endpoint, (item for page in pages for item in page["Items"]), since, today)

    def _read(self, endpoint: str, record: str) -> Item | None:
        key = key_of(endpoint, record)
        item: Item | None = self.dynamodb.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")
        return item

    def _read_many(self, keys: list[Item]) -> list[Item]:
        """The items that exist; what DynamoDB leaves out for being busy is asked for again, ever later."""
        items: list[Item] = []
        for attempt in range(ATTEMPTS_TO_READ):
            wanted = {self.name: {"Keys": keys, "ConsistentRead": True}}
            answer = self.dynamodb.batch_get_item(RequestItems=wanted)
            items += answer["Responses"].get(self.name, [])
            keys = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if not keys:
                return items
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - jitter guards nothing
        raise TableBusyError(f"table {self.name!r} left out {len(keys)} of the endpoints asked for")


def open_table(name: str) -> StateTable:
    """The table of that name, with a client that gives up within ten seconds and serves THREADS at once."""
    dynamodb = aws.client("dynamodb", connect_timeout=2, read_timeout=2, attempts=3, connections=THREADS)
    return StateTable(dynamodb, name)


def _condition(revision: int) -> dict[str, Any]:
    """That the record is still at this revision; 0 when it must not exist."""
    if revision == 0:
        return {"ConditionExpression": "attribute_not_exists(#name)", "ExpressionAttributeNames": {"#name": RECORD}}
    return {
        "ConditionExpression": "#name = :read",
        "ExpressionAttributeNames": {"#name": REVISION},
        "ExpressionAttributeValues": {":read": {"N": str(revision)}},
    }


def _lost_a_race(response: Any) -> bool:
    codes = {reason.get("Code") for reason in response.get("CancellationReasons", [])}
    return bool(codes & {"ConditionalCheckFailed", "TransactionConflict"})
