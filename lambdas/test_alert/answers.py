"""Which channels delivered a test alert, by the records of their deliveries."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.shared.clock import Deadline
from lambdas.vocabulary.notices import (
    DISPATCH,
    IDENTIFIER,
    NOTICES,
    RECORD,
    Notice,
    Outcome,
    delivery_record,
    identifier_of,
)

POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Answer:
    """How a channel answered; `seconds` from the moment that the alert was sent."""

    channel: str
    outcome: str
    seconds: float | None = None

    @property
    def is_good(self) -> bool:
        return self.outcome == Outcome.DELIVERED


NO_ANSWER = "no answer"


@dataclass(frozen=True)
class Deliveries:
    """`dynamodb` is a boto3 or botocore client."""

    dynamodb: Any
    table: str

    def answers(self, notice: Notice, channels: Iterable[str], deadline: Deadline) -> list[Answer]:
        """The answer of each channel, as soon as all have answered or the time is over."""
        wanted, found = list(channels), dict[str, Answer]()
        while len(found) < len(wanted) and deadline.remaining > 0:
            time.sleep(POLL_SECONDS)
            dispatch = self._get(NOTICES, identifier_of(notice)).get(DISPATCH)
            if dispatch:
                found = self._recorded(dispatch["S"], wanted, notice.at)
        return [found.get(channel, Answer(channel, NO_ANSWER)) for channel in wanted]

    def _recorded(self, dispatch: str, channels: Iterable[str], sent_at: datetime) -> dict[str, Answer]:
        items = {channel: self._get(delivery_record(dispatch), channel) for channel in channels}
        return {channel: _answer(channel, item, sent_at) for channel, item in items.items() if item}

    def _get(self, record: str, identifier: str) -> dict[str, Any]:
        key = {RECORD: {"S": record}, IDENTIFIER: {"S": identifier}}
        item: dict[str, Any] = self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True).get(
            "Item", {}
        )
        return item


def _answer(channel: str, item: dict[str, Any], sent_at: datetime) -> Answer:
    taken_at = datetime.fromisoformat(item["at"]["S"])
    return Answer(channel, item["outcome"]["S"], round((taken_at - sent_at).total_seconds(), 1))
