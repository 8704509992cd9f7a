"""A database to try everything on: fictional, a few hundred thousand rows, the same on every load."""

from contextlib import closing
from pathlib import Path

import psycopg2

SCRIPTS = ("schema.sql", "data.sql", "indexes.sql")


def load(connection_url: str) -> None:
    """Fill an empty database, whole or not at all; the login must be allowed to create extensions.

    Raises `psycopg2.Error`, with nothing left behind, where a table of the same name is there already.
    """
    with closing(psycopg2.connect(connection_url)) as connection, connection, connection.cursor() as cursor:
        for script in SCRIPTS:
            cursor.execute(Path(__file__).with_name(script).read_text(encoding="utf-8"))
