"""Whether new rows get numbers that no row has yet."""

from psycopg2.extensions import connection as Connection  # noqa: N812  (a class with a lower-case name)
from psycopg2.sql import SQL, Identifier

# Identity columns, and those whose default is nextval and nothing else: only there do the column's values tell where
# the sequence must be.  One that cycles is meant to come round.
_FEEDING = r"""
WITH feeding AS (
    SELECT objid AS sequence, refobjid AS relation, refobjsubid AS number
    FROM pg_catalog.pg_depend
    WHERE classid = 'pg_catalog.pg_class'::regclass AND refclassid = 'pg_catalog.pg_class'::regclass
    AND deptype = 'i' AND refobjsubid > 0
    UNION
    SELECT refobjid, adrelid, adnum
    FROM pg_catalog.pg_depend JOIN pg_catalog.pg_attrdef ON pg_attrdef.oid = objid
    WHERE classid = 'pg_catalog.pg_attrdef'::regclass AND refclassid = 'pg_catalog.pg_class'::regclass
    AND pg_catalog.pg_get_expr(adbin, adrelid) ~ '^\(?nextval\(.*::regclass\)\)?(::[a-z]+)?$'
)
SELECT sn.nspname, sc.relname, tn.nspname, tc.relname, attname, seqincrement, seqmin, seqmax
FROM feeding
JOIN pg_catalog.pg_sequence ON seqrelid = sequence AND NOT seqcycle
JOIN pg_catalog.pg_class sc ON sc.oid = sequence
JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
JOIN pg_catalog.pg_class tc ON tc.oid = relation AND tc.relkind IN ('r', 'p')
JOIN pg_catalog.pg_namespace tn ON tn.oid = tc.relnamespace
JOIN pg_catalog.pg_attribute ON attrelid = relation AND attnum = number
JOIN pg_catalog.pg_type t ON t.oid = atttypid
WHERE CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
      IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
ORDER BY 1, 2
"""

_STATE = """
SELECT last_value, is_called,
       (SELECT {furthest}({column}) FROM {table} WHERE {column} BETWEEN %s AND %s)
FROM {sequence}
"""

_Feeding = tuple[str, str, str, str, str, int, int, int]
"""A sequence and the table's column that it numbers, each with its schema; increment, minimum, maximum."""


def sequences(session: Connection) -> tuple[int, list[str]]:
    """The number of sequences that number a column's rows, and those whose next value is not beyond all rows."""
    with session.cursor() as cursor:
        cursor.execute(_FEEDING)
        feeding = cursor.fetchall()
    return len(feeding), [behind for sequence in feeding if (behind := _behind(session, sequence))]


def _behind(session: Connection, feeding: _Feeding) -> str | None:
    schema, name, table_schema, table, column, increment, minimum, maximum = feeding
    query = SQL(_STATE).format(
        furthest=SQL("max" if increment > 0 else "min"),
        column=Identifier(column),
        table=Identifier(table_schema, table),
        sequence=Identifier(schema, name),
    )
    with session.cursor() as cursor:
        cursor.execute(query, (minimum, maximum))
        [(last, is_called, furthest)] = cursor.fetchall()
    following = last + increment if is_called else last
    if furthest is None or (following - furthest) * increment > 0:
        return None
    return f"{schema}.{name} gives {following} next and {table_schema}.{table}.{column} has {furthest} already"
