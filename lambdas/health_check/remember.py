"""Stores each endpoint's state, and logs one line when it changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.health_check.results import Result
from lambdas.shared.endpoint_state.cause import Cause
from lambdas.shared.endpoint_state.observation import Change, Observation, Rules
from lambdas.shared.endpoint_state.observe import StateNotKeptError, observe
from lambdas.shared.endpoint_state.public_names import public_names
from lambdas.shared.endpoint_state.table import StateTable
from lambdas.shared.endpoint_state.window import Window
from lambdas.shared.observability import logger
from lambdas.shared.status_notes.notes import windows_of
from lambdas.shared.status_notes.table import NotesTable
from lambdas.vocabulary.endpoints import State

MINUTE = 60
_LOOKED_BACK: Final = timedelta(days=1)
"""Longer than observations that follow on each other are apart: the time between them may be in a window that ended."""


def remember(table: StateTable, results: Sequence[Result], slot: datetime, rules: Rules) -> None:
    """Write the results of the run for `slot` and log what changed by them.

    A table that fails is logged and has no other effect: metrics are published by now, and the next run catches up.
    """
    observations = [_observation(result) for result in results]
    windows = _windows(table, [each.endpoint for each in observations], slot)
    try:
        changes = observe(table, observations, slot, rules, windows=windows)
    except StateNotKeptError as error:
        logger.error(str(error))
        changes = error.changes
    for change in changes:
        _log_change(change)


def _windows(table: StateTable, endpoints: Sequence[str], slot: datetime) -> Mapping[str, tuple[Window, ...]]:
    """Those of announced maintenance, by endpoint; none when they cannot be read: then downtime counts as ever."""
    try:
        announced = NotesTable(table.dynamodb, table.name).maintenance()
    except (BotoCoreError, ClientError) as error:
        logger.warning(f"announced maintenance was not read: {error}")
        return {}
    near = [each for each in announced if each.end >= slot - _LOOKED_BACK]
    return {name: windows_of(near, name) for name in endpoints} if near else {}


def _observation(result: Result) -> Observation:
    return Observation(
        result.endpoint,
        result.state,
        result.checked_at,
        result.timings.total,
        Cause(result.reason or "", public_names(result.failing_checks)),
        public_names(result.named_checks),
    )


def _log_change(change: Change) -> None:
    log = logger.info if change.after is State.UP else logger.warning
    downtime = f" after {_length(change.downtime_seconds)} of downtime" if change.downtime_seconds is not None else ""
    log(f"{change.endpoint} is {change.after}{downtime}", change=change.as_dict())


def _length(seconds: float) -> str:
    """`12.3 s`, or `1:02:03` from a minute on."""
    return f"{seconds:.1f} s" if seconds < MINUTE else str(timedelta(seconds=round(seconds)))
