"""Notes in the table of the endpoints' states, in a partition that no endpoint can have.

    endpoint (partition key) | record (sort key) | document, revision, expires_at
    #status-notes            | incident#<id>     | an incident that people published
                             | maintenance#<id>  | maintenance that they announced

An endpoint's name begins with a letter or digit.  The records of incidents that are not resolved do not expire.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from lambdas.shared.endpoint_state.records import KEPT, REVISION, Item, key_of
from lambdas.shared.observability import logger
from lambdas.shared.status_notes.notes import Maintenance, Note, Notes, PublishedIncident
from lambdas.vocabulary.codec import MalformedError, decode
from lambdas.vocabulary.endpoints import ENDPOINT, EXPIRES_AT, RECORD

PARTITION: Final = "#status-notes"
_INCIDENT, _MAINTENANCE = "incident#", "maintenance#"

N = TypeVar("N", PublishedIncident, Maintenance)


class ChangedMeanwhileError(Exception):
    """Somebody else wrote the note since it was read."""


@dataclass(frozen=True)
class NotesTable:
    """`dynamodb` is a boto3 or botocore client; its errors pass through."""

    dynamodb: Any
    name: str

    def notes(self) -> Notes:
        """All of them; one that cannot be read is logged and left out."""
        items = self._query("")
        return Notes(_read(PublishedIncident, items, _INCIDENT), _read(Maintenance, items, _MAINTENANCE))

    def maintenance(self) -> tuple[Maintenance, ...]:
        return _read(Maintenance, self._query(_MAINTENANCE), _MAINTENANCE)

    def write(self, note: Note) -> None:
        """Raises ChangedMeanwhileError when the stored note is not the one before this revision."""
        item = {
            **key_of(PARTITION, _record(note)),
            "document": {"S": note.to_json()},
            REVISION: {"N": str(note.revision)},
        }
        if note.end:
            item[EXPIRES_AT] = {"N": str(int((note.end + KEPT).timestamp()))}
        try:
            self.dynamodb.put_item(TableName=self.name, Item=item, **_condition(note.revision))
        except self.dynamodb.exceptions.ConditionalCheckFailedException as error:
            raise ChangedMeanwhileError(note.id) from error

    def _query(self, prefix: str) -> list[Item]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="#endpoint = :notes" + (" AND begins_with(#record, :prefix)" if prefix else ""),
            ExpressionAttributeNames={"#endpoint": ENDPOINT} | ({"#record": RECORD} if prefix else {}),
            ExpressionAttributeValues={":notes": {"S": PARTITION}} | ({":prefix": {"S": prefix}} if prefix else {}),
            ConsistentRead=True,  # the page is written right after a note
        )
        return [item for page in pages for item in page["Items"]]


def _record(note: Note) -> str:
    return f"{_INCIDENT if isinstance(note, PublishedIncident) else _MAINTENANCE}{note.id}"


def _condition(revision: int) -> dict[str, Any]:
    if revision == 1:
        return {"ConditionExpression": "attribute_not_exists(#name)", "ExpressionAttributeNames": {"#name": RECORD}}
    return {
        "ConditionExpression": "#name = :before",
        "ExpressionAttributeNames": {"#name": REVISION},
        "ExpressionAttributeValues": {":before": {"N": str(revision - 1)}},
    }


def _read(kind: type[N], items: Sequence[Item], prefix: str) -> tuple[N, ...]:
    notes: list[N] = []
    for item in items:
        if not item[RECORD]["S"].startswith(prefix):
            continue
        try:
            notes.append(decode(kind, json.loads(item["document"]["S"]), ignore_unknown=True))
        except (KeyError, MalformedError, ValueError) as fault:
            record = item[RECORD]["S"]
            logger.error("a note cannot be read and is passed over", record=record, reason=repr(fault))
    return tuple(sorted(notes, key=_started))


def _started(note: Note) -> datetime:
    return note.start
