"""One connection to the server, which ends in time whatever the server does."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812  (a class with a lower-case name)

from lambdas.database_check.queries import OWN_SESSIONS
from lambdas.database_check.unreachable import Kind, UnreachableError
from lambdas.shared.clock import Deadline
from lambdas.shared.hang_up import hung_up_at
from lambdas.shared.postgres import CONNECT_TIMEOUT, Login, connect

LOCK_TIMEOUT = "200ms"  # a table locked by somebody's migration must not hold up the check


@dataclass(frozen=True)
class Reached:
    """A session that has answered; times in milliseconds."""

    session: Connection
    connect_ms: float
    latency_ms: float


@contextlib.contextmanager
def reach(log_in: Callable[[], Login], statement_timeout: timedelta, deadline: Deadline) -> Iterator[Reached]:
    """A read-only session in autocommit, so that each statement stands alone.

    Raises UnreachableError when the server cannot be reached, or is lost inside the block.
    """
    with contextlib.ExitStack() as stack:
        started = time.perf_counter()
        login = _within(log_in(), deadline)
        try:
            session = stack.enter_context(_connect(login, statement_timeout))
            stack.enter_context(hung_up_at(deadline, session))
            connect_ms = _milliseconds_since(started)
            yield Reached(session, connect_ms, _round_trip(session))
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            if deadline.remaining <= 0:
                raise UnreachableError(
                    Kind.TIMEOUT, f"{login.address} stopped answering (look at its load, then at the network)"
                ) from error
            raise UnreachableError.of(error, login.password) from error


def _within(login: Login, deadline: Deadline) -> Login:
    """libpq takes whole seconds, for each address of the host, and at least two."""
    wanted = int(login.parameters.get("connect_timeout", 0)) or CONNECT_TIMEOUT
    return login.to(connect_timeout=str(max(2, min(wanted, int(deadline.remaining)))))


def _connect(login: Login, statement_timeout: timedelta) -> contextlib.AbstractContextManager[Connection]:
    return connect(
        login,
        application_name=f"{OWN_SESSIONS}check",
        default_transaction_read_only="on",
        statement_timeout=f"{statement_timeout / timedelta(milliseconds=1):.0f}ms",
        lock_timeout=LOCK_TIMEOUT,
        search_path="",
    )


def _round_trip(session: Connection) -> float:
    session.autocommit = True
    with session.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute("SELECT 1")
        return _milliseconds_since(started)


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
