"""What tables and buckets hold, as the fake account's answers."""

import io
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from botocore.response import StreamingBody

from lambdas.shared.endpoint_state.current import Current
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.records import items_of
from lambdas.shared.endpoint_state.step import Step
from lambdas.shared.endpoint_state.verdict import Sighting
from lambdas.shared.error_tracking import items
from lambdas.vocabulary.endpoints import State
from lambdas.vocabulary.error_tracking import BY_LAST_SEEN, LISTED_IN, Issue, Release
from lambdas.vocabulary.notices import IDENTIFIER, RECORD
from tests.unit.lambdas.checklist.accounts import AT, refusal

Objects = Mapping[str, bytes]
"""By their keys, whatever the bucket."""
Item = dict[str, Any]


def bucket(objects: Objects) -> dict[str, Callable[..., Any]]:
    def listed(Bucket: str, Prefix: str, StartAfter: str = "") -> dict[str, Any]:  # noqa: N803  (as boto3 names them)
        keys = sorted(key for key in objects if key.startswith(Prefix) and key > StartAfter)
        return {"Contents": [{"Key": key} for key in keys]}

    def got(Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if Key not in objects:
            raise refusal("NoSuchKey")
        return {"Body": StreamingBody(io.BytesIO(objects[Key]), len(objects[Key]))}

    return {"s3.list_objects_v2": listed, "s3.get_object": got}


def endpoint(
    name: str = "api", *, ago: float = 60, apart: float = 300, checks: tuple[str, ...] = ("database",), **of: Any
) -> Item:
    """Its current record: last seen so many seconds ago, and before that so many seconds earlier."""
    at = AT - timedelta(seconds=ago)
    state = of.pop("state", State.UP)
    recent = (Sighting(at - timedelta(seconds=apart), state), Sighting(at, state))
    current = Current(name, Day(AT.date()), state, since=at, checked_at=at, recent=recent, named_checks=checks, **of)
    return items_of(Step(current), AT)[0]


def table(name: str, *held: Item) -> Callable[..., Any]:
    """What `BatchGetItem` answers."""
    return lambda RequestItems: {"Responses": {name: list(held)}, "UnprocessedKeys": {}}  # noqa: N803


def errors(*issues: Issue, releases: tuple[Release, ...] = ()) -> dict[str, Callable[..., Any]]:
    held = [items.issue_item(items.Stored(issue), AT, AT) for issue in issues]
    held += [items.release_item(release, AT, 1) for release in releases]

    def got(TableName: str, Key: Item, ConsistentRead: bool) -> dict[str, Any]:  # noqa: N803
        found = [item for item in held if (item[RECORD], item[IDENTIFIER]) == (Key[RECORD], Key[IDENTIFIER])]
        return {"Item": found[0]} if found else {}

    def queried(IndexName: str, ExpressionAttributeValues: Item, **_: Any) -> dict[str, Any]:  # noqa: N803
        assert IndexName == BY_LAST_SEEN
        return {"Items": [item for item in held if item[LISTED_IN] == ExpressionAttributeValues[":listed"]]}

    return {"dynamodb.get_item": got, "dynamodb.query": queried}
