"""The urgent overrides, in the table of incidents: `override` is their partition."""

import json
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lambdas.shared.clock import Clock
from lambdas.shared.clock import now as by_the_clock
from lambdas.vocabulary.codec import MalformedError, decode, encode
from lambdas.vocabulary.notices import EXPIRES_AT, IDENTIFIER, RECORD
from lambdas.vocabulary.on_call import Override

PARTITION: Final = "override"
DOCUMENT: Final = "document"
KEEP: Final = timedelta(days=90)
"""So long one is kept after its end: calendars show some of the past."""
MOST: Final = 200
"""That have not ended; each is read whenever somebody is paged."""

Ignored = Callable[[str, str], object]
"""Is given the identifier of an override that does not count, and why."""


def pass_over(identifier: str, why: str) -> None:
    """For whoever only shows the rota: the function that pages logs what does not count."""


class NoSuchOverrideError(Exception):
    """There is none of this identifier."""


class TooManyOverridesError(Exception):
    """The table has as many as it takes."""


@dataclass(frozen=True)
class Overrides:
    """`dynamodb` is a botocore client, whose errors pass through."""

    dynamodb: Any
    table: str
    clock: Clock = by_the_clock

    def all(self, people: Collection[str], ignored: Ignored) -> tuple[Override, ...]:
        """Those of the last months and of the future, in the order in which they were made.

        `people` are the names of all who can be paged.  One that cannot be read, or whose person is none of them any
        more, is passed to `ignored` and left out: whoever the rota names is paged then, and not nobody.
        """
        return tuple(found for item in self._items() if (found := _usable(item, people, ignored)))

    def add(self, override: Override) -> Override:
        """The same with its identifier, by which it is sorted behind those made before.

        Raises TooManyOverridesError.
        """
        now = self.clock()
        ends = (_override_of(item) for item in self._items())
        if sum(each is not None and each.until > now for each in ends) >= MOST:
            raise TooManyOverridesError(f"there are {MOST} overrides already: remove one that is not needed")
        made = replace(override, identifier=f"{now:%Y%m%dt%H%M%S}-{secrets.token_hex(2)}")
        self.dynamodb.put_item(
            TableName=self.table,
            Item={
                **_key(made.identifier),
                DOCUMENT: {"S": made.to_json()},
                EXPIRES_AT: {"N": str(int((made.until + KEEP).timestamp()))},
            },
            ConditionExpression="attribute_not_exists(#id)",
            ExpressionAttributeNames={"#id": IDENTIFIER},
        )
        return made

    def remove(self, identifier: str) -> None:
        """Raises NoSuchOverrideError."""
        old = self.dynamodb.delete_item(TableName=self.table, Key=_key(identifier), ReturnValues="ALL_OLD")
        if not old.get("Attributes"):
            raise NoSuchOverrideError(f"there is no override {identifier!r}: it was removed, or its name is another")

    def _items(self) -> Iterator[Mapping[str, Any]]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            ConsistentRead=True,
            KeyConditionExpression="#record = :record",
            ExpressionAttributeNames={"#record": RECORD},
            ExpressionAttributeValues={":record": {"S": PARTITION}},
        )
        for page in pages:
            yield from page["Items"]


def asked(event: Mapping[str, Any], now: datetime) -> Override:
    """What an event `{"override": {"person", "instead_of", "start", "until", "by"}}` asks for, times being ISO 8601.

    Raises MalformedError, whose message names what is wrong, also for one that has ended.
    """
    written = event["override"]
    if not isinstance(written, Mapping):
        raise MalformedError("override is not an object")
    fields = {"made_by" if name == "by" else name: value for name, value in written.items()}
    override = decode(Override, {**fields, "identifier": ""})
    if override.until <= now:
        raise MalformedError("until has passed: an override of the past changes nothing")
    return replace(override, start=override.start.astimezone(UTC), until=override.until.astimezone(UTC))


def event_of(override: Override) -> dict[str, Any]:
    """What `asked` reads."""
    written = encode(override)
    names = {"person": "person", "instead_of": "instead_of", "start": "start", "until": "until", "by": "made_by"}
    return {"override": {name: written[field] for name, field in names.items()}}


def _key(identifier: str) -> dict[str, Any]:
    return {RECORD: {"S": PARTITION}, IDENTIFIER: {"S": identifier}}


def _usable(item: Mapping[str, Any], people: Collection[str], ignored: Ignored) -> Override | None:
    identifier, found = item[IDENTIFIER]["S"], _override_of(item)
    if found is None:
        ignored(identifier, "it cannot be read")
    elif found.person not in people:
        ignored(identifier, "its person is not among those who can be paged")
        found = None
    return found


def _override_of(item: Mapping[str, Any]) -> Override | None:
    """None for one that cannot be read."""
    try:
        return decode(Override, json.loads(item[DOCUMENT]["S"]), ignore_unknown=True)
    except (KeyError, ValueError):
        return None
