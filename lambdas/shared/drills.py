"""The records of full drills, newest first, and where their times are going."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import StatisticsError, linear_regression
from typing import Any, Final

from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.drills import Drill, Kind, folder_of, keys_since, kind_of

LEAST_FOR_A_LINE: Final = 3
"""Drills: a line through two says nothing."""
_DAY: Final = timedelta(days=1).total_seconds()


@dataclass(frozen=True)
class Trend:
    """Of the drills that proved their backup."""

    drills: int
    seconds: float
    """Of the newest: fetch, restore and verify."""
    share_of_objective: float
    change: float | None
    """Seconds that the newest took longer than the one before; None where there is none."""
    over_objective_in: timedelta | None
    """When the recovery time objective would be exceeded if it goes on as since the first; None if it would not."""


def drills(s3: Any, bucket: str, database: str, *, since: datetime, kind: Kind = Kind.BACKUP) -> list[Drill]:
    """Those of a kind at `since` or later, newest first.  `s3` is a boto3 or botocore client.

    Raises what it raises, and MalformedError (or json's ValueError) for a record that is none.
    """
    found = (read_drill(s3, bucket, key) for key in _keys(s3, bucket, database, since, kind))
    return [drill for drill in found if drill]


def newest_drill(s3: Any, bucket: str, database: str, *, since: datetime, kind: Kind = Kind.BACKUP) -> Drill | None:
    """The last one of a kind at `since` or later; None where there is none.  Raises as `drills` does."""
    newest = next(iter(_keys(s3, bucket, database, since, kind)), None)
    return read_drill(s3, bucket, newest) if newest else None


def read_drill(s3: Any, bucket: str, key: str) -> Drill | None:
    """None where there is none, such as one that expired meanwhile.  Raises as `drills` does."""
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    return decode(Drill, json.loads(body), ignore_unknown=True)


def trend(newest_first: Sequence[Drill]) -> Trend | None:
    """None without a drill that proved its backup: the time of a restore that failed is no time of recovery."""
    proven = [drill for drill in newest_first if drill.proven]
    if not proven:
        return None
    newest, objective = proven[0], proven[0].recovery_time_objective
    return Trend(
        drills=len(proven),
        seconds=newest.seconds.total,
        share_of_objective=newest.seconds.total / objective,
        change=newest.seconds.total - proven[1].seconds.total if len(proven) > 1 else None,
        over_objective_in=_over_objective_in(proven, objective),
    )


def _over_objective_in(proven: Sequence[Drill], objective: float) -> timedelta | None:
    """By the straight line of least squares, from the newest drill on."""
    if len(proven) < LEAST_FOR_A_LINE:
        return None
    newest = proven[0].at
    days = [(drill.at - newest).total_seconds() / _DAY for drill in proven]
    try:
        slope, now = linear_regression(days, [drill.seconds.total for drill in proven])
    except StatisticsError:  # all at the same moment
        return None
    if now >= objective:
        return timedelta()
    days_left = (objective - now) / slope if slope > 0 else float("inf")
    return timedelta(days=days_left) if days_left < timedelta.max.days else None


def _keys(s3: Any, bucket: str, database: str, since: datetime, kind: Kind) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=folder_of(database), StartAfter=keys_since(database, since)
    )
    found = (entry["Key"] for page in pages for entry in page.get("Contents", ()))
    return sorted((key for key in found if kind_of(key) is kind), reverse=True)
