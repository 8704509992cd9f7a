"""The settings' own queries, which must each answer true on a restored database."""

from collections.abc import Sequence

import psycopg2

from lambdas.shared.connection import Connection
from lambdas.shared.postgres_errors import one_line

ASSERTION_SECONDS = 60


def faults_of(session: Connection, assertions: Sequence[str]) -> list[str]:
    """What each of them answers that is not true; each is asked in a read-only transaction that sees `public`.

    Raises psycopg2.Error only when the session itself is gone.
    """
    session.rollback()
    session.set_session(readonly=True)
    return [fault for assertion in assertions if (fault := _fault(session, assertion))]


def _fault(session: Connection, assertion: str) -> str | None:
    try:
        with session, session.cursor() as cursor:
            cursor.execute(f"SET LOCAL search_path = public; SET LOCAL statement_timeout = '{ASSERTION_SECONDS}s'")
            cursor.execute(assertion)
            answer = cursor.fetchall()
    except psycopg2.Error as error:
        if session.closed:
            raise
        return f"{assertion!r}: {one_line(str(error))}"
    return None if answer == [(True,)] else f"{assertion!r} answers {str(answer)[:100]}"
