"""A database of the user's own, in place of the sample one."""

from contextlib import closing

import psycopg2
from psycopg2.extensions import make_dsn

from emulator.errors import EmulatorError
from lambdas.shared.database_url import parameters_of
from lambdas.shared.postgres_errors import one_line

CONNECT_SECONDS = 10


def check_connection(url: str) -> None:
    """Log in once; raises EmulatorError when that is refused, with nothing that could be the password."""
    try:
        parameters = {"connect_timeout": str(CONNECT_SECONDS), **parameters_of(url)}
        with closing(psycopg2.connect(make_dsn(**parameters))) as session, session.cursor() as cursor:
            cursor.execute("SELECT 1")
    except ValueError as fault:
        raise EmulatorError(f"DATABASE_URL {fault} (write postgresql://user:password@host:5432/name)") from None
    except psycopg2.Error as error:
        raise EmulatorError(f"the database of DATABASE_URL cannot be used: {one_line(str(error))}") from None
