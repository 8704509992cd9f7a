"""One look at the database: reach it, measure, judge, publish."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from lambdas.database_check.check import Judgement
from lambdas.database_check.checks import CHECKS
from lambdas.database_check.judge import judge, metrics_of
from lambdas.database_check.measure import Measured, Server, measure, server_of
from lambdas.database_check.reach import Reached, reach
from lambdas.database_check.settings import Settings
from lambdas.database_check.shortened import left_out, shortened_judgements, shortened_values
from lambdas.database_check.since_last_check import State, since
from lambdas.database_check.statement_text import without_constants
from lambdas.database_check.states import States
from lambdas.database_check.unreachable import UnreachableError
from lambdas.database_check.words import CHECKED
from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.observability import logger, publish
from lambdas.shared.postgres import Login
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric

RESERVE = 3.0  # seconds kept for publishing, before the platform ends the function


def check_database(
    settings: Settings,
    log_in: Callable[[], Login],
    states: States,
    *,
    slot: datetime,
    deadline: Deadline,
    clock: Clock = now,
) -> dict[str, Any]:
    """Publish and return what was found, as plain data; metrics count for `slot`, when the run was due.

    A server that cannot be reached is a result; what raises is a fault of the settings or of this code.
    """
    own_deadline = Deadline.within(min(settings.time_limit.total_seconds(), deadline.remaining - RESERVE))
    try:
        with reach(log_in, settings.statement_timeout, own_deadline) as reached:
            server = server_of(reached.reader)
            measured = measure(reached.reader, server, CHECKS, limits=settings, deadline=own_deadline)
    except UnreachableError as error:
        return _tell_unreachable(settings, slot, error)
    _compare(measured, states, clock)
    _strip(measured)
    return _tell(settings, slot, reached, server, measured)


def _compare(measured: Measured, states: States, clock: Clock) -> None:
    """Add what happened since the last check, and leave this one's state for the next."""
    state = State.of(clock(), measured.values)
    happened = since(states.load(), state)
    if isinstance(happened, str):
        measured.absent["since_last_check"] = happened
    else:
        measured.values["since_last_check"] = happened
    if state:
        states.save(state)


def _strip(measured: Measured) -> None:
    for statement in measured.values.get("slow_statements", []):
        statement["statement"] = without_constants(statement["statement"])


def _tell(settings: Settings, slot: datetime, reached: Reached, server: Server, measured: Measured) -> dict[str, Any]:
    found = judge(measured, settings)
    metrics = {Metric.DATABASE_REACHABLE: 1.0, **metrics_of(measured.values, found, settings)}
    judgements = shortened_judgements(found)
    summary: dict[str, Any] = {
        "reachable": True,
        "database": settings.database,
        "server_version": server.release,
        "standby": server.standby,
        "pooled": reached.pooled,
        "connect_ms": reached.connect_ms,
        "latency_ms": reached.latency_ms,
        "measurements": shortened_values(measured.values),
        "left_out": left_out(measured.values),
        "judgements": [asdict(judgement) for judgement in judgements],
        "missing_grants": measured.missing_grants,
        "absent": {**measured.absent, **measured.failed},
    }
    _publish(settings, slot, metrics)
    for judgement in judgements:
        _log(settings, judgement)
    logger.info(CHECKED, **{name: value for name, value in summary.items() if name != "judgements"})
    return summary


def _tell_unreachable(settings: Settings, slot: datetime, error: UnreachableError) -> dict[str, Any]:
    message = f"database {settings.database!r} cannot be reached ({error.kind}): {error}"
    judgement = Judgement("unreachable", Level.CRITICAL, message, Metric.DATABASE_REACHABLE)
    _publish(settings, slot, {Metric.DATABASE_REACHABLE: 0.0})
    logger.error(message, database=settings.database, reason=error.kind, level_of_alert=judgement.level)
    return {
        "reachable": False,
        "database": settings.database,
        "reason": str(error.kind),
        "message": str(error),
        "judgements": [asdict(judgement)],
    }


def _publish(settings: Settings, slot: datetime, metrics: dict[Metric, float]) -> None:
    publish(metrics, slot, environment=settings.environment, **{Dimension.DATABASE: settings.database})


def _log(settings: Settings, judgement: Judgement) -> None:
    logger.warning(
        judgement.message, database=settings.database, judgement=judgement.name, level_of_alert=judgement.level
    )
