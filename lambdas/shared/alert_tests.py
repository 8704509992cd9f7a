"""The test alerts that were sent, and which channels took them, by what `notify` keeps of both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import (
    DISPATCH,
    IDENTIFIER,
    NOTICES,
    RECORD,
    TEST_ALERT,
    Change,
    Notice,
    delivery_record,
)


@dataclass(frozen=True)
class AlertTest:
    """One test alert."""

    at: datetime
    level: Level
    outcomes: Mapping[str, str]
    """By channel, how its delivery ended: a word of `Outcome`.  A channel that is missing has not answered."""

    def missed(self, channels: tuple[str, ...], good: str) -> list[str]:
        """Those of `channels` whose delivery did not end with `good`, each with how it ended."""
        ends = {channel: self.outcomes.get(channel, "no answer") for channel in channels}
        return [f"{channel} ({end})" for channel, end in ends.items() if end != good]


def last_alert_test(dynamodb: Any, table: str, level: Level, since: datetime) -> AlertTest | None:
    """The newest of that level after `since`; `table` is that of notices.  Raises what the client raises."""
    sent = [(notice, dispatch) for notice, dispatch in _sent(dynamodb, table, since) if notice.level is level]
    if not sent:
        return None
    notice, dispatch = max(sent, key=lambda one: one[0].at)
    return AlertTest(notice.at, level, _outcomes(dynamodb, table, dispatch) if dispatch else {})


def _sent(dynamodb: Any, table: str, since: datetime) -> Iterator[tuple[Notice, str]]:
    found = _query(
        dynamodb,
        table,
        NOTICES,
        KeyConditionExpression="#record = :record AND #id >= :since",
        FilterExpression="contains(#notice, :test)",  # what else is there is of three days, and of no use here
        names={"#id": IDENTIFIER, "#notice": "notice"},
        values={":since": since.astimezone(UTC).isoformat(timespec="milliseconds"), ":test": TEST_ALERT},
    )
    for item in found:
        notice = Notice.from_json(item["notice"]["S"])
        if notice.key.startswith(TEST_ALERT) and notice.change is Change.RAISED:
            yield notice, item.get(DISPATCH, {}).get("S", "")


def _outcomes(dynamodb: Any, table: str, dispatch: str) -> dict[str, str]:
    found = _query(dynamodb, table, delivery_record(dispatch), KeyConditionExpression="#record = :record")
    return {item[IDENTIFIER]["S"]: item["outcome"]["S"] for item in found}


def _query(
    dynamodb: Any,
    table: str,
    record: str,
    *,
    names: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    **asked: str,
) -> Iterator[dict[str, Any]]:
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        ExpressionAttributeNames={"#record": RECORD, **(names or {})},
        ExpressionAttributeValues={name: {"S": value} for name, value in {":record": record, **(values or {})}.items()},
        **asked,
    )
    return (item for page in pages for item in page.get("Items", ()))
