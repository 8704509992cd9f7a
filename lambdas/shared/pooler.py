"""Connection poolers.  Nothing may be set for a session that the application gets next.

A pooler in transaction or statement mode lends a few sessions of the server out, for one transaction each: a
`search_path` that was set stays set for whoever is served next, and an advisory lock stays held.  A pooler in session
mode gives each client one session, and resets or ends it afterwards; it serves a backup as the server itself would.

A pooler is known by the process number that it claims at the start: it must invent one, and it is not that of the
session.  Its mode is not told to clients.  It is shown by what a second client meets, and by what becomes of its
session when it leaves; only questions are asked for that.
"""

import contextlib
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

import psycopg2

from lambdas.shared.connection import Connection
from lambdas.shared.database_url import BadDatabaseAddressError

_PATIENCE = 2.0  # seconds for a pooler to notice that a client has left
_PAUSE = 0.02
_ROUNDS = 3  # once, a pooler under load may look by chance as if it kept the session
_RESET = re.compile(r"\s*(?:DISCARD|RESET)\b", re.IGNORECASE)  # PgBouncer's server_reset_query, by default DISCARD ALL
_LAST_QUERY = "(SELECT query FROM pg_catalog.pg_stat_activity WHERE pid = %s)"

Opening = Callable[[], contextlib.AbstractContextManager[Connection]]


class PoolerError(BadDatabaseAddressError):
    """The address is that of a pooler which is not known to keep a session for one client; nothing was set there."""


def is_pooled(session: Connection) -> bool:
    """Whether something between client and server answers in the server's name."""
    [process] = _ask(session, "SELECT pg_catalog.pg_backend_pid()")
    return int(process) != session.info.backend_pid


def refuse_shared_sessions(session: Connection, another: Opening, address: str) -> None:
    """Raise PoolerError unless the pooler before `session` is shown to keep the session for it alone.

    `another` is one more session of the same kind for a while; raises psycopg2.OperationalError when there is none.
    """
    try:
        kept = all(_keeps_sessions(session, another) for _ in range(_ROUNDS))
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        raise psycopg2.OperationalError(
            f"connection to server at {address} failed: the connection pooler there gave no second session in time"
            " (raise its pool_size, or use the database's direct address)"
        ) from error
    if not kept:
        raise PoolerError(
            f"{address} is a connection pooler that may give one client's session to another, as PgBouncer does in"
            " transaction and statement mode: nothing was set or taken there"
            " (use the database's direct address instead of its pooler's)"
        )


def _keeps_sessions(session: Connection, another: Opening) -> bool:
    ours, question = _introduce(session)
    with another() as other:
        [last] = _ask(other, f"SELECT {_LAST_QUERY}", ours)
        theirs, their_question = _introduce(other)
    return theirs != ours and last == question and _is_given_back(session, ours, theirs, their_question)


def _introduce(session: Connection) -> tuple[int, str]:
    """The number of the server's process that answers, and the question by which others recognise it there."""
    question = f"SELECT pg_catalog.pg_backend_pid() /* {secrets.token_hex(8)} */"
    return _ask(session, question)[0], question


def _is_given_back(session: Connection, ours: int, theirs: int, question: str) -> bool:
    """Whether the session of a client that left is reset for the next one, or ended, while `session` stays itself."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        process, last = _ask(session, f"SELECT pg_catalog.pg_backend_pid(), {_LAST_QUERY}", theirs)
        if process != ours:
            return False
        if last != question:
            return last is None or _RESET.match(last) is not None
        time.sleep(_PAUSE)
    return False


def _ask(session: Connection, question: str, *values: Any) -> tuple[Any, ...]:
    with session.cursor() as cursor:
        cursor.execute(question, values or None)
        [answer] = cursor.fetchall()
    return tuple(answer)
