"""Checks as they end: `check_database` runs and judges, and only the server is told what to answer."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from lambdas.database_check import check_database
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
STATEMENT_OF_DAYS = 3 * 24 * 3600.0

SESSION = {"pid": 7, "login": "app", "application": "shop", "database": "junkos", "seconds": 1.0}
WAITING = SESSION | {"relation": "orders", "kind": "relation", "blocked_by": ["session 8"], "blockers": 1}
PREPARED = {"transaction": "order-7", "login": "app", "database": "junkos", "seconds": 1.0}
STANDBY = {"standby": "b", "state": "streaming", "confirms": True, "lag_seconds": 0.1}
IDS = {
    "database": "junkos",
    "percent": 5.0,
    "multixact_percent": 1.0,
    "oldest_table": "public.orders",
    "oldest_multixact_table": "public.orders",
}
SEQUENCE = {"sequence": "public.s", "column": "public.t.id", "last_value": 5, "limit": 100, "used_percent": 5.0}
SLOT = {"slot": "reader", "active": True, "wal_status": "reserved", "retained_bytes": 0, "inactive_since": None}
CHECKSUMS = {"database": "junkos", "failures": 0, "last_failure": None}
COUNTERS = {"database_id": 1, "statistics_reset": None} | dict.fromkeys(RISING, 1000)

WELL: dict[str, Any] = {
    "connections": {"used": 10, "available": 100, "used_percent": 10.0},
    "idle_in_transaction": [],
    "prepared_transactions": [PREPARED],
    "longest_queries": [SESSION],
    "blocked_sessions": [],
    "transaction_ids": [IDS],
    "sequences": {"nearest": [SEQUENCE], "used_percent": 5.0},
    "replication": [STANDBY],
    "replication_slots": [SLOT],
    "checksum_failures": [CHECKSUMS],
    "database_size": {"bytes": 10**9},
    "counters": COUNTERS,
}
ILL: dict[str, Any] = {
    "connections": {"used": 100, "available": 100, "used_percent": 100.0},
    "idle_in_transaction": [SESSION | {"seconds": STATEMENT_OF_DAYS}],
    "prepared_transactions": [PREPARED | {"seconds": STATEMENT_OF_DAYS}],
    "longest_queries": [SESSION | {"seconds": STATEMENT_OF_DAYS}],
    "blocked_sessions": [WAITING | {"seconds": STATEMENT_OF_DAYS}] * 3,
    "transaction_ids": [IDS | {"percent": 99.9}],
    "sequences": {"nearest": [SEQUENCE | {"used_percent": 100.0}], "used_percent": 100.0},
    "replication": [STANDBY | {"lag_seconds": STATEMENT_OF_DAYS}],
    "replication_slots": [SLOT | {"active": False}] * 3,
    "checksum_failures": [CHECKSUMS | {"failures": 8, "last_failure": "today"}],
    "database_size": {"bytes": 10**13},
    "invalid_indexes": [{"index": "public.i", "table": "public.t"}],
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
        yield Reached(None, 2 * latency_ms, latency_ms)

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
