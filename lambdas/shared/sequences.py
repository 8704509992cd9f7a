"""What sequences give next, asked alike at the source and in the restored database."""

from collections.abc import Sequence

from psycopg2.sql import SQL, Composed, Identifier, Literal

from lambdas.shared.connection import Connection
from lambdas.shared.table_contents import TableName, batches, relations

_NEXT = (
    "SELECT {}, CASE WHEN is_called THEN last_value::numeric + seqincrement ELSE last_value END"
    " FROM {} AS s, pg_catalog.pg_sequence WHERE seqrelid = s.tableoid"
)


def next_values(
    session: Connection, *, unlogged: bool = False, excluded_schemas: Sequence[str] = ()
) -> dict[TableName, int]:
    """The next value of every sequence that a dump carries; beyond its limit where it has reached that.

    Unlogged ones are left out unless asked for: no standby can read them.  The session must be in a transaction.
    """
    names = relations(session, "S", "pu" if unlogged else "p", excluded_schemas)
    return {name: int(value) for name, value in batches(session, names, _next_of)}


def _next_of(batch: Sequence[TableName]) -> Composed:
    return SQL(" UNION ALL ").join(
        SQL(_NEXT).format(Literal(index), Identifier(*name)) for index, name in enumerate(batch)
    )
