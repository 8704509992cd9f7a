"""What one scrape of an endpoint leaves to the next: what was counted by then, and by which process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.prometheus_scrape.errors import ScrapeError
from lambdas.prometheus_scrape.sources import JOB
from lambdas.vocabulary.codec import JsonDocument

MOST_CHARACTERS = 350_000
"""An item of DynamoDB has 400 KB."""


@dataclass(frozen=True)
class State(JsonDocument):
    at: datetime
    """When the endpoint was asked."""
    started: float | None
    """When the process that answered began, in seconds since 1970."""
    totals: Mapping[str, Mapping[str, Mapping[str, float]]]
    """By series and by combination of labels, both as texts."""
    others: Mapping[str, datetime] = field(default_factory=dict)
    """Processes that answered not long ago, by their starts, and when each was last seen."""
    refused_until: datetime | None = None
    """While several processes answer in turn."""


class States:
    """A table with an item for each endpoint."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def load(self, job: str) -> State | None:
        """Raises ScrapeError when the table does not answer.  What an older version wrote and none reads is nothing."""
        try:
            found = self._dynamodb.get_item(TableName=self._table, Key={JOB: {"S": job}}, ConsistentRead=True)
        except (BotoCoreError, ClientError) as error:
            raise ScrapeError(f"what it counted before was not read: {error}") from error
        try:
            return State.from_json(found["Item"]["state"]["S"]) if "Item" in found else None
        except ValueError:
            return None

    def replace(self, job: str, before: State | None, now: State) -> None:
        """Raises ScrapeError when it is not kept, or another run has kept one since `before`: nothing counts twice."""
        text = now.to_json()
        if len(text) > MOST_CHARACTERS:
            raise ScrapeError("its counters are too many to remember: name fewer series, labels or buckets")
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={JOB: {"S": job}, "at": {"S": now.at.isoformat()}, "state": {"S": text}},
                **_if_unchanged(before),
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            raise ScrapeError("another run read it at the same time, and publishes what it counted") from None
        except (BotoCoreError, ClientError) as error:
            raise ScrapeError(f"what it counted was not kept: {error}") from error


def _if_unchanged(before: State | None) -> dict[str, Any]:
    if before is None:
        return {"ConditionExpression": "attribute_not_exists(#at)", "ExpressionAttributeNames": {"#at": "at"}}
    return {
        "ConditionExpression": "#at = :before",
        "ExpressionAttributeNames": {"#at": "at"},
        "ExpressionAttributeValues": {":before": {"S": before.at.isoformat()}},
    }
