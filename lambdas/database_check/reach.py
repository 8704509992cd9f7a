"""One connection to the server, which ends in time whatever the server does."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import psycopg2

from lambdas.database_check.names_as_stored import CLIENT_ENCODING
from lambdas.database_check.read_only import Reader, read_only
from lambdas.database_check.unreachable import Kind, UnreachableError
from lambdas.shared.clock import Deadline
from lambdas.shared.connection import Connection
from lambdas.shared.hang_up import hung_up_at
from lambdas.shared.pooler import is_pooled
from lambdas.shared.postgres import CONNECT_TIMEOUT, Login, opened


@dataclass(frozen=True)
class Reached:
    """A server that has answered; times in milliseconds."""

    reader: Reader
    connect_ms: float
    latency_ms: float
    pooled: bool
    """Whether a connection pooler answers at the address."""


@contextlib.contextmanager
def reach(log_in: Callable[[], Login], statement_timeout: timedelta, deadline: Deadline) -> Iterator[Reached]:
    """A server that can be read; nothing can be written there.

    Raises UnreachableError when the server cannot be reached, or is lost inside the block.
    """
    with contextlib.ExitStack() as stack:
        started = time.perf_counter()
        login = _within(log_in(), deadline)
        try:
            session = stack.enter_context(opened(login))
            stack.enter_context(hung_up_at(deadline, session))
            connect_ms = _milliseconds_since(started)
            latency_ms, pooled = _round_trip(session), is_pooled(session)
            yield Reached(stack.enter_context(read_only(session, statement_timeout)), connect_ms, latency_ms, pooled)
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            if deadline.remaining <= 0:
                raise UnreachableError(
                    Kind.TIMEOUT, f"{login.address} stopped answering (look at its load, then at the network)"
                ) from error
            raise UnreachableError.of(error, login.password) from error


def _within(login: Login, deadline: Deadline) -> Login:
    """libpq takes whole seconds, for each address of the host, and at least two."""
    wanted = int(login.parameters.get("connect_timeout", 0)) or CONNECT_TIMEOUT
    patience = str(max(2, min(wanted, int(deadline.remaining))))
    return login.to(connect_timeout=patience, client_encoding=CLIENT_ENCODING)


def _round_trip(session: Connection) -> float:
    session.autocommit = True
    with session.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute("SELECT 1")
        return _milliseconds_since(started)


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
