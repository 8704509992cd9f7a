"""Deletes the data of one user: who they are in the table, and their events among the samples."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from lambdas.shared.error_tracking import samples
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import SAMPLES, Event

REMOVED: Final = "This sample was removed with its user's data."


@dataclass(frozen=True)
class Forgotten:
    issues: int
    """Which the user met."""
    objects: int
    """Objects of samples that were written anew."""
    events: int
    """Events that were removed from them."""

    def as_dict(self) -> dict[str, int]:
        return {"issues": self.issues, "objects": self.objects, "events": self.events}


@dataclass(frozen=True)
class SampleObjects:
    """`s3` is a boto3 client."""

    s3: Any
    bucket: str

    def keys(self, project: str) -> Iterator[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=f"{SAMPLES}{project}/")
        for page in pages:
            yield from (each["Key"] for each in page.get("Contents", []))

    def events(self, key: str) -> list[Event]:
        body = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return [json.loads(line) for line in gzip.decompress(body).splitlines()]

    def write(self, key: str, events: list[Event]) -> None:
        samples.write(self.s3, self.bucket, key, events)


def forget_user(
    errors: ErrorTable, found: SampleObjects, project: str, user: str, seen: Callable[[str], None] = lambda _: None
) -> Forgotten:
    """`user` is the hash by which events name somebody; `seen` is called with each object that is searched.

    All samples are searched, not only those that issues point to.  An event that is removed leaves its line, so that
    the others keep their numbers.
    """
    issues, rewritten, removed = errors.delete_user(project, user), 0, 0
    for key in found.keys(project):
        seen(key)
        before = found.events(key)
        after = [_removed(event) if _is_of(event, user) else event for event in before]
        changed = sum(one is not other for one, other in zip(before, after, strict=True))
        if changed:
            found.write(key, after)
            rewritten, removed = rewritten + 1, removed + changed
    return Forgotten(len(issues), rewritten, removed)


def _is_of(event: Event, user: str) -> bool:
    """Wherever the hash stands in the event."""
    return user in json.dumps(event)


def _removed(event: Event) -> Event:
    return {"event_id": event.get("event_id", ""), "timestamp": event.get("timestamp", ""), "message": REMOVED}
