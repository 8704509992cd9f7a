"""Stores what a run of probes found."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.clock import Clock, now
from lambdas.shared.endpoint_state.current import Current
from lambdas.shared.endpoint_state.observation import Change, Observation, Rules
from lambdas.shared.endpoint_state.step import Occasion, Step, step
from lambdas.shared.endpoint_state.table import THREADS, OvertakenError, StateTable, TableBusyError
from lambdas.shared.endpoint_state.window import Window

ATTEMPTS = 5  # two runs that overlap conflict once or twice, not five times

_FAULTS = (BotoCoreError, ClientError, TableBusyError, OvertakenError)


class StateNotKeptError(Exception):
    """Some observations could not be stored; the next run catches up.  `changes` are those that were stored."""

    def __init__(self, message: str, changes: list[Change]) -> None:
        super().__init__(message)
        self.changes = changes


def observe(
    table: StateTable,
    observations: Sequence[Observation],
    slot: datetime,
    rules: Rules,
    *,
    clock: Clock = now,
    windows: Mapping[str, tuple[Window, ...]] | None = None,
) -> list[Change]:
    """Write the observations of the run that was scheduled for `slot`, and return what changed by them.

    `windows` are those of announced maintenance, by the endpoint's name.
    A change is returned once, by the run whose write made it.  Raises StateNotKeptError when the table fails.
    """
    names = [observation.endpoint for observation in observations]
    try:
        currents = table.currents(names, slot.date())
    except _FAULTS as fault:
        raise StateNotKeptError(f"the endpoints' states were not read: {fault}", []) from fault
    keeping = _Keeping(table, slot, rules, clock, windows or {})
    with ThreadPoolExecutor(min(THREADS, max(len(names), 1)), thread_name_prefix="state") as threads:
        changes = [change for change in threads.map(keeping.keep, currents, observations) if change]
    if keeping.fault:
        raise StateNotKeptError(f"some endpoints' states were not written: {keeping.fault}", changes)
    return changes


@dataclass
class _Keeping:
    """One run's writes; after the first that fails for good, the rest are not tried: DynamoDB is down."""

    table: StateTable
    slot: datetime
    rules: Rules
    clock: Clock
    windows: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)
    fault: Exception | None = None

    def keep(self, current: Current, observation: Observation) -> Change | None:
        if self.fault:
            return None
        try:
            return self._keep(current, observation)
        except _FAULTS as fault:
            self.fault = fault
            return None

    def _keep(self, current: Current, observation: Observation) -> Change | None:
        name = observation.endpoint
        for _ in range(ATTEMPTS):
            moment = self.clock()
            # A probe cannot have ended in the future; where it says so, the clock went back since.
            seen = replace(observation, at=min(observation.at, moment))
            occasion = Occasion(self.slot, moment, self.rules, self.windows.get(name, ()))
            taken = step(current, seen, occasion, lambda of: self.table.day(name, of))
            if taken.current == current and not taken.days:
                return None  # this very run was counted before
            if self._is_written(taken, moment):
                return taken.change
            current = self.table.current(name, self.slot.date())
        raise OvertakenError(f"{name!r} was written by other runs {ATTEMPTS} times meanwhile")

    def _is_written(self, taken: Step, moment: datetime) -> bool:
        try:
            self.table.write(taken, moment)
        except OvertakenError:
            return False
        return True
