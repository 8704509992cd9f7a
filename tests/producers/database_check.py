"""Checks as they end: `check_database` runs and judges, and only the server is told what to answer."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from unittest import mock

from lambdas.database_check import check_database
from lambdas.database_check.checks import CHECKS
from lambdas.database_check.measure import Measured, Server
from lambdas.database_check.reach import Reached
from lambdas.database_check.settings import Settings
from lambdas.database_check.since_last_check import RISING
from lambdas.database_check.states import InMemory
from lambdas.database_check.unreachable import Kind, UnreachableError
from lambdas.shared.clock import Deadline
from tests.producers import Deployment

SERVER = Server(18, "18.6", "junkos_monitor", standby=False, grants=frozenset(), extensions={})
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TESTS = "tests.unit.lambdas.database_check.checks"
COUNTERS = {"database_id": 1, "statistics_reset": None} | dict.fromkeys(RISING, 1000)


def _rows(state: str) -> dict[str, Any]:
    """What the tests of the checks call so, by check; what happened between two checks comes of the counters."""
    judged = [check.name for check in CHECKS if check.rule and check.sql]
    return {name: getattr(import_module(f"{TESTS}.test_{name}"), state) for name in judged}


WELL = {**_rows("WELL"), "database_size": {"bytes": 10**9}, "counters": COUNTERS}
ILL = {
    **_rows("ILL"),
    "database_size": {"bytes": 10**13},
    "counters": COUNTERS | {"deadlocks": 1100, "blocks_read": 10**9},
}


def good(deployment: Deployment) -> None:
    _run(deployment, WELL, 1.5)


def worst(deployment: Deployment) -> None:
    _run(deployment, ILL, 2000.0)
    with mock.patch.object(check_database, "reach", side_effect=UnreachableError(Kind.REFUSED, "refused")):
        _check(deployment, InMemory(), MONDAY)


def _run(deployment: Deployment, values: dict[str, Any], latency_ms: float) -> None:
    """The second of two checks: the first one leaves the counters to compare with."""
    states = InMemory()
    for at, measured in ((MONDAY, WELL), (MONDAY + timedelta(minutes=5), values)):
        with _answering(measured, latency_ms):
            _check(deployment, states, at)


@contextmanager
def _answering(values: dict[str, Any], latency_ms: float):
    @contextmanager
    def reach(*_):
        yield Reached(None, 2 * latency_ms, latency_ms, pooled=False)

    with (
        mock.patch.object(check_database, "reach", reach),
        mock.patch.object(check_database, "server_of", return_value=SERVER),
        mock.patch.object(check_database, "measure", return_value=Measured(values=dict(values))),
    ):
        yield


def _check(deployment: Deployment, states: InMemory, at: datetime) -> None:
    settings = Settings.from_environment(deployment.variables["database_check"])
    check_database.check_database(
        settings, lambda: None, states, slot=datetime.now(UTC), deadline=Deadline.within(30), clock=lambda: at
    )
