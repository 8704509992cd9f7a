"""What is to be written because of one observation."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from lambdas.shared.endpoint_state.current import Current
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.incident import Incident
from lambdas.shared.endpoint_state.observation import Change, Observation, Rules


@dataclass(frozen=True)
class Step:
    """From one revision of the current record to the next, with the other records that go with it or not at all."""

    current: Current
    change: Change | None = None
    days: tuple[Day, ...] = ()
    incident: Incident | None = None


@dataclass(frozen=True)
class Occasion:
    """When the observations of one run were made."""

    slot: datetime
    """The moment for which the run was scheduled."""
    moment: datetime
    rules: Rules


def step(current: Current, observation: Observation, occasion: Occasion, read_day: Callable[[date], Day]) -> Step:
    """Apply an observation to the record; `read_day` gives another day of the endpoint, empty if it is new."""
    today = occasion.slot.date()
    day = current.day if current.day.date == today else read_day(today)
    day = day.counting(observation, occasion.slot, occasion.rules.interval)
    if current.is_later_than(observation.at, occasion.moment):
        if day.date == current.day.date:
            return Step(replace(current, day=day))
        return Step(current, days=(day,))
    finished = () if day.date == current.day.date else (current.day,)
    seen, change = replace(current, day=day).seeing(observation, occasion.rules)
    return Step(seen, change, finished, _incident_to_write(current, seen))


def _incident_to_write(before: Current, after: Current) -> Incident | None:
    if after.incident != before.incident and after.incident is not None:
        return after.incident
    return before.ended_incident(after)
