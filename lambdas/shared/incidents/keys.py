"""The keys by which links to incidents are signed.

They lie in the table of incidents: a secret in Secrets Manager costs $0.40 a month, and whoever may read the table sees
the incidents anyway, which is all that most links show.

key    <date>      signs and verifies answering links and reviews; the newest signs, older ones verify for a while
key    calendar    of the calendars that programs subscribe to: it is replaced only when somebody says so

The function `incident` makes and replaces them, each put on condition: two that begin at once end with the same keys.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final

from lambdas.shared.incidents.table import IncidentTable
from lambdas.vocabulary.notices import IDENTIFIER, RECORD

KEY: Final = "key"
CALENDAR: Final = "calendar"
SECRET: Final = "secret"  # noqa: S105 - the attribute's name
BYTES: Final = 32
ROTATE_AFTER: Final = timedelta(days=90)
KEEP_OLD: Final = timedelta(days=31)
"""After the next one was made: longer than a link that the old one signed is open (`on_call.link_days`, 30 at most)."""


class NoKeysError(LookupError):
    """No key was made yet: the function `incident` has not run."""


@dataclass(frozen=True)
class Keys:
    links: tuple[bytes, ...] = field(repr=False)
    """The newest first."""
    calendar: bytes = field(repr=False)


def keys(table: IncidentTable, now: datetime) -> Keys:
    """All that are in use by now, made or replaced where that is due; for the function that may write the table."""
    stored = _stored(table)
    newest = max((made for made in stored if made != CALENDAR), default="")
    if not newest or now - _made_at(newest) >= ROTATE_AFTER:
        _make(table, now.astimezone(UTC).date().isoformat())
    if CALENDAR not in stored:
        _make(table, CALENDAR)
    for made in _outdated(stored, now):
        table.delete(KEY, made)
    return stored_keys(table, now)


def stored_keys(table: IncidentTable, now: datetime) -> Keys:
    """All that are in use by now; raises NoKeysError.  It writes nothing."""
    stored = _stored(table)
    outdated = set(_outdated(stored, now))
    links = [stored[made] for made in sorted(stored, reverse=True) if made != CALENDAR and made not in outdated]
    if not links or CALENDAR not in stored:
        raise NoKeysError("there is no key for links: the function incident makes it with its first run")
    return Keys(tuple(links), stored[CALENDAR])


def replace_calendar_key(table: IncidentTable) -> None:
    """From now on no calendar's address works that was given before."""
    table.dynamodb.put_item(TableName=table.name, Item=_item(CALENDAR))


def _make(table: IncidentTable, identifier: str) -> None:
    """Put a new key, unless another invocation has done so."""
    try:
        table.dynamodb.put_item(
            TableName=table.name,
            Item=_item(identifier),
            ConditionExpression="attribute_not_exists(#record)",
            ExpressionAttributeNames={"#record": RECORD},
        )
    except table.dynamodb.exceptions.ConditionalCheckFailedException:
        return


def _item(identifier: str) -> dict[str, Any]:
    return {RECORD: {"S": KEY}, IDENTIFIER: {"S": identifier}, SECRET: {"B": secrets.token_bytes(BYTES)}}


def _stored(table: IncidentTable) -> dict[str, bytes]:
    """By their identifiers."""
    answer = table.dynamodb.query(
        TableName=table.name,
        ConsistentRead=True,
        KeyConditionExpression="#record = :record",
        ExpressionAttributeNames={"#record": RECORD},
        ExpressionAttributeValues={":record": {"S": KEY}},
    )
    return {item[IDENTIFIER]["S"]: bytes(item[SECRET]["B"]) for item in answer["Items"]}


def _outdated(stored: dict[str, bytes], now: datetime) -> Iterator[str]:
    """The identifiers of those whose successor is old enough."""
    made = sorted(identifier for identifier in stored if identifier != CALENDAR)
    return (old for old, new in pairwise(made) if now - _made_at(new) >= KEEP_OLD)


def _made_at(identifier: str) -> datetime:
    return datetime.combine(datetime.fromisoformat(identifier), time(), UTC)
