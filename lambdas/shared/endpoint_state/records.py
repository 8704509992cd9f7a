"""The records of an endpoint as items of the table.

    endpoint (partition key) | record (sort key)          | document, revision, expires_at
    <name>                   | current                    | what it is now, and its day so far
                             | day#<yyyy-mm-dd>           | a day that is over
                             | incident#<ISO time, start> | a time in which it was degraded or down

`document` is JSON; `expires_at` is the table's TTL attribute.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from lambdas.shared.endpoint_state.current import Current, never_seen
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.history import History
from lambdas.shared.endpoint_state.incident import Incident
from lambdas.shared.endpoint_state.step import Step
from lambdas.shared.observability import logger
from lambdas.vocabulary.endpoints import ENDPOINT, EXPIRES_AT, RECORD

REVISION = "revision"
CURRENT = "current"
KEPT = timedelta(days=100)

_DAY = "day#"
_INCIDENT = "incident#"

Item = dict[str, Any]
T = TypeVar("T")


def key_of(endpoint: str, record: str) -> Item:
    return {ENDPOINT: {"S": endpoint}, RECORD: {"S": record}}


def day_record(of: date) -> str:
    return f"{_DAY}{of.isoformat()}"


def items_of(step: Step, moment: datetime) -> list[Item]:
    """The step's records, its current one first."""
    endpoint = step.current.endpoint
    current = _item(endpoint, CURRENT, step.current.as_dict(), moment)
    current[REVISION] = {"N": str(step.current.revision + 1)}
    others = [_item(endpoint, day_record(day.date), day.as_dict(), moment) for day in step.days]
    if incident := step.incident:
        others.append(_item(endpoint, f"{_INCIDENT}{incident.start.isoformat()}", incident.as_dict(), moment))
    return [current, *others]


def current_of(item: Item, today: date) -> Current:
    """The endpoint's current record; one that cannot be read is begun anew, and does not stop the others."""
    endpoint, revision = item[ENDPOINT]["S"], int(item[REVISION]["N"])
    current = _read(item, lambda written: Current.from_dict(endpoint, revision, written))
    return current or replace(never_seen(endpoint, today), revision=revision)


def day_of(item: Item) -> Day | None:
    """None for a record that cannot be read."""
    return _read(item, Day.from_dict)


def history_of(endpoint: str, items: Iterable[Item], since: date, today: date) -> History:
    """What the endpoint's items say of the time from `since` to `today`, as far as they can be read."""
    records = {item[RECORD]["S"]: item for item in items}
    current = current_of(records[CURRENT], today) if CURRENT in records else never_seen(endpoint, today)
    days = {day.date: day for day in map(day_of, _of_kind(records, _DAY)) if day} | {current.day.date: current.day}
    read = (_read(item, Incident.from_dict) for item in _of_kind(records, _INCIDENT))
    incidents = {incident.start: incident for incident in read if incident}
    if current.incident:  # its own record is as old as its last change
        incidents[current.incident.start] = current.incident
    return History(
        current,
        tuple(days[of] for of in sorted(days) if since <= of <= today),
        tuple(each for _, each in sorted(incidents.items()) if each.end is None or each.end.date() >= since),
    )


def _read(item: Item, read: Callable[[dict[str, Any]], T]) -> T | None:
    try:
        return read(json.loads(item["document"]["S"]))
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        which = {name: item[name]["S"] for name in (ENDPOINT, RECORD)}
        logger.error("an endpoint's record cannot be read and is passed over", **which, reason=repr(fault))
        return None


def _item(endpoint: str, record: str, document: dict[str, Any], moment: datetime) -> Item:
    expires_at = int((moment + KEPT).timestamp())
    text = json.dumps(document, separators=(",", ":"))
    return {**key_of(endpoint, record), "document": {"S": text}, EXPIRES_AT: {"N": str(expires_at)}}


def _of_kind(records: dict[str, Item], prefix: str) -> list[Item]:
    return [records[record] for record in sorted(records) if record.startswith(prefix)]
