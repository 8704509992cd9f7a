"""psycopg2's class of a session, under a name that looks like one."""

from psycopg2.extensions import connection as Connection  # noqa: N812

__all__ = ["Connection"]
