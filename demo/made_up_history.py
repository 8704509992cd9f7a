"""A made-up history of the status page, for a demo, written by the code that writes real ones."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from lambdas.shared.endpoint_state.cause import NO_CAUSE, Cause
from lambdas.shared.endpoint_state.current import Current, never_seen
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.incident import Incident
from lambdas.shared.endpoint_state.observation import Observation, Rules
from lambdas.shared.endpoint_state.records import items_of
from lambdas.shared.endpoint_state.step import Occasion, Step, step
from lambdas.vocabulary.endpoints import Reason, State

MOST_DAYS = 90
_USUAL_MS = 120.0
_TROUBLES = (  # days ago, for how long, what, why
    (61.3, timedelta(minutes=40), State.DEGRADED, Cause("", ("database",))),
    (38.6, timedelta(minutes=95), State.DOWN, Cause(Reason.REFUSED)),
    (12.4, timedelta(hours=3), State.SLOW, NO_CAUSE),
)


@dataclass(frozen=True)
class Written:
    """The records that the history leaves."""

    current: Current
    days: tuple[Day, ...]
    incidents: tuple[Incident, ...]


def write_history(dynamodb: Any, table: str, endpoint: str, days: int, now: datetime) -> None:
    """Write `days` days of `endpoint` up to the day before `now`; `dynamodb` is a client."""
    made = history(endpoint, days, now)
    steps = [*(Step(made.current, days=(day,)) for day in made.days), Step(made.current)]
    steps += [Step(made.current, incident=incident) for incident in made.incidents]
    items = {item["record"]["S"]: item for each in steps for item in items_of(each, now)}
    for item in items.values():
        dynamodb.put_item(TableName=table, Item=item)


def history(endpoint: str, days: int, now: datetime) -> Written:
    rules = Rules()
    rng = random.Random(endpoint)  # noqa: S311 - sample data, not a secret
    first = (now - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    current = never_seen(endpoint, first.date())
    past: dict[date, Day] = {}
    incidents: dict[datetime, Incident] = {}
    for slot in _slots(first, now, rules.interval):
        seen = _seen(endpoint, slot, now, rng)
        taken = step(current, seen, Occasion(slot, slot, rules), Day)
        current = taken.current
        past |= {day.date: day for day in taken.days}
        if taken.incident:
            incidents[taken.incident.start] = taken.incident
    return Written(current, tuple(past.values()), tuple(incidents.values()))


def _slots(first: datetime, now: datetime, interval: timedelta) -> Iterator[datetime]:
    """Up to the last one before `now`, so that the next probe follows on it."""
    return (first + number * interval for number in range((now - first) // interval))


def _seen(endpoint: str, at: datetime, now: datetime, rng: random.Random) -> Observation:
    spans = ((now - timedelta(days=ago), lasts, state, cause) for ago, lasts, state, cause in _TROUBLES)
    found = ((state, cause) for begin, lasts, state, cause in spans if begin <= at < begin + lasts)
    state, cause = next(found, (State.UP, NO_CAUSE))
    latency = round(_USUAL_MS * rng.lognormvariate(0, 0.25) * (15 if state is State.SLOW else 1), 1)
    return Observation(endpoint, state, at, None if state is State.DOWN else latency, cause)
