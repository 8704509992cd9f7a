"""What is to be written because of one observation."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from lambdas.shared.endpoint_state.current import Current
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.incident import Incident
from lambdas.shared.endpoint_state.observation import Change, Observation, Rules
from lambdas.shared.endpoint_state.window import Window


@dataclass(frozen=True)
class Step:
    """From one revision of the current record to the next, with the other records that go with it or not at all."""

    current: Current
    change: Change | None = None
    days: tuple[Day, ...] = ()
    incident: Incident | None = None


@dataclass(frozen=True)
class Occasion:
    """When an observation was made, and what was announced for its endpoint."""

    slot: datetime
    """The moment for which the run was scheduled."""
    moment: datetime
    rules: Rules
    windows: tuple[Window, ...] = ()
    """Of announced maintenance, of the endpoint: those that were not over a day ago."""

    def is_in_maintenance(self, at: datetime) -> bool:
        return any(window.covers(at) for window in self.windows)


def step(current: Current, observation: Observation, occasion: Occasion, read_day: Callable[[date], Day]) -> Step:
    """Apply an observation to the record; `read_day` gives another day of the endpoint, empty if it is new."""
    today = occasion.slot.date()
    day = current.day if current.day.date == today else read_day(today)
    in_maintenance = occasion.is_in_maintenance(observation.at)
    day = day.counting(observation, occasion.slot, occasion.rules.interval, in_maintenance=in_maintenance)
    if current.is_later_than(observation.at, occasion.moment):
        if day.date == current.day.date:
            return Step(replace(current, day=day))
        return Step(current, days=(day,))
    finished = () if day.date == current.day.date else (current.day,)
    seen, change = replace(current, day=day).seeing(observation, occasion.rules, occasion.windows)
    return Step(seen, change, finished, _incident_to_write(current, seen))


def _incident_to_write(before: Current, after: Current) -> Incident | None:
    if after.incident != before.incident and after.incident is not None:
        return after.incident
    return before.ended_incident(after)
