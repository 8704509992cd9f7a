"""What ends a session or a statement of ours, the same in every one, whatever role, database or URL would have it.

A backup of an hour is no accident, so nothing ends it for its length; but no session waits for a lock for long: all
that it holds meanwhile is in somebody's way.
"""

from datetime import timedelta

from psycopg2.sql import SQL, Composable, Identifier, Literal

from lambdas.shared.connection import Connection

LOCK_WAIT = timedelta(seconds=60)
_LIMITS = {
    "statement_timeout": "0",
    "lock_timeout": f"{LOCK_WAIT / timedelta(milliseconds=1):.0f}",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "transaction_timeout": "0",
}
_SINCE = {"idle_session_timeout": 14, "transaction_timeout": 17}


def limits_at(session: Connection) -> dict[str, str]:
    """The settings that the session's server knows, by name."""
    major = session.info.server_version // 10000
    return {name: value for name, value in _LIMITS.items() if _SINCE.get(name, 0) <= major}


def setting(settings: dict[str, str]) -> Composable:
    """One statement that sets them all for the session."""
    return SQL("; ").join(
        SQL("SET {} = {}").format(Identifier(name), Literal(value)) for name, value in settings.items()
    )
