"""Results become the public state of the endpoints, in the table that the status page is made from."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.health_check.results import Result
from lambdas.shared.clock import Clock, now
from lambdas.shared.endpoint_state.observation import Change, Observation, Rules
from lambdas.shared.endpoint_state.observe import StateNotKeptError, observe
from lambdas.shared.endpoint_state.table import StateTable
from lambdas.shared.observability import logger
from lambdas.vocabulary.endpoints import State


def remember(
    table: StateTable, results: Sequence[Result], slot: datetime, rules: Rules, clock: Clock = now
) -> list[Change]:
    """Keep what was found and log each change of a public state; returns the changes.

    A table that fails costs nothing else: that is logged as an error, and the next run catches up.
    """
    try:
        changes = observe(table, [observation_of(result) for result in results], slot, rules, clock)
    except StateNotKeptError as fault:
        logger.error("the endpoints' states were not kept", table=table.name, reason=str(fault))
        changes = fault.changes
    for change in changes:
        logger.info("endpoint changed", **change.as_dict())
    return changes


def observation_of(result: Result) -> Observation:
    """What the public may know of a result: no detail, for that may hold addresses."""
    reason = ", ".join(result.failing_checks) or result.reason or ""
    latency = None if result.state in (State.DOWN, State.UNKNOWN) else result.timings.total
    return Observation(result.endpoint, result.state, result.checked_at, latency, str(reason))


def slot_of(event: Mapping[str, Any], moment: datetime, interval: timedelta) -> datetime:
    """The moment for which a run was scheduled, in UTC; for one on demand, the slot that `moment` lies in.

    Raises ValueError when the event's `slot` is not an ISO 8601 time.
    """
    if "slot" in event:
        return datetime.fromisoformat(event["slot"]).astimezone(UTC)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // interval * interval
