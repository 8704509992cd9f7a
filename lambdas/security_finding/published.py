"""What was published, so that it is published once.

Events come twice, and a finding that goes on comes every fifteen minutes.  A run writes a claim first, on condition
that no other run has published or is publishing the same; the claim of a run that died expires.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from lambdas.security_finding.settings import EXPIRES_AT, KEY
from lambdas.vocabulary.levels import Level

Item = dict[str, Any]

LEASE = timedelta(seconds=45)  # longer than a run takes, shorter than the minute after which Lambda tries again
LONGEST_KEY = 2048  # bytes
_RANKS = {level: {"N": str(rank)} for rank, level in enumerate(reversed(Level))}  # low first
_CLAIM = "SET #rank = :rank, published_at = :now, claimed_by = :me, claimed_until = :lease, #expires = :expiry"
_FREE = (
    "attribute_not_exists(#key) OR #rank < :rank OR published_at <= :long_ago"
    " OR claimed_until <= :now"  # absent once it is published, and absent is not less
)


@dataclass(frozen=True)
class PublishedTable:
    """`dynamodb` is a boto3 client; its errors pass through."""

    dynamodb: Any
    name: str

    def claim(self, key: str, level: Level, quiet: timedelta, moment: datetime) -> "Claim | None":
        """The right to publish `key` now, or None when it is published, or is being published by another run."""
        me = str(uuid.uuid4())
        try:
            answer = self.dynamodb.update_item(
                TableName=self.name,
                Key=_key(key),
                UpdateExpression=_CLAIM,
                ConditionExpression=_FREE,
                ExpressionAttributeNames={"#key": KEY, "#rank": "rank", "#expires": EXPIRES_AT},
                ExpressionAttributeValues={
                    ":rank": _RANKS[level],
                    ":me": {"S": me},
                    ":now": _seconds(moment),
                    ":long_ago": _seconds(moment - quiet),
                    ":lease": _seconds(moment + LEASE),
                    ":expiry": _seconds(moment + quiet),
                },
                ReturnValues="ALL_OLD",
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        return Claim(self, key, me, answer.get("Attributes"))


@dataclass(frozen=True)
class Claim:
    """Publish inside `with`: without an error the claim is kept, with an error it is withdrawn."""

    table: PublishedTable
    key: str
    me: str
    before: Item | None
    """The record that it replaced."""

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        dynamodb = self.table.dynamodb
        mine = {
            "TableName": self.table.name,
            "ConditionExpression": "claimed_by = :me",
            "ExpressionAttributeValues": {":me": {"S": self.me}},
        }
        this = _key(self.key)
        try:
            if kind is None:
                dynamodb.update_item(**mine, Key=this, UpdateExpression="REMOVE claimed_until")
            elif self.before:
                dynamodb.put_item(**mine, Item=self.before)
            else:
                dynamodb.delete_item(**mine, Key=this)
        except dynamodb.exceptions.ConditionalCheckFailedException:
            pass  # a rise of level was published in the meantime, and its record counts


def _key(key: str) -> Item:
    """By a digest where it is longer than DynamoDB takes: a name has up to four bytes for each character."""
    fits = len(key.encode()) <= LONGEST_KEY
    return {KEY: {"S": key if fits else hashlib.sha256(key.encode()).hexdigest()}}


def _seconds(moment: datetime) -> Item:
    return {"N": f"{moment.timestamp():.0f}"}
