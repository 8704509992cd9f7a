"""Whether sequences give what the source's would have given next, and whether new rows get numbers of their own."""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg2.sql import SQL, Identifier

from lambdas.shared.connection import Connection
from lambdas.shared.sequences import next_values
from lambdas.shared.table_contents import TableName
from lambdas.vocabulary.backups import Sequence

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

# One that cycles says nothing by its value, as long as it moves.
_DIRECTIONS = """
SELECT nspname, relname, CASE WHEN seqcycle THEN 0 ELSE sign(seqincrement) END
FROM pg_catalog.pg_sequence JOIN pg_catalog.pg_class c ON c.oid = seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
"""
_FURTHEST = "SELECT {furthest}({column}) FROM {table} WHERE {column} BETWEEN %s AND %s"

_Feeding = tuple[str, str, str, str, str, int, int, int]
"""A sequence and the table's column that it numbers, each with its schema; increment, minimum, maximum."""


@dataclass(frozen=True)
class Sequences:
    """What is found of `count` restored sequences, in words."""

    count: int
    changed: dict[TableName, str]
    """Those that do not give what the source's would have given."""
    behind: dict[TableName, str]
    """Those whose next value is not beyond all rows of the column that they number."""


def sequences(session: Connection, at_source: Iterable[Sequence] | None) -> Sequences:
    """What the restored sequences give next, held against the source's and against the rows."""
    found = next_values(session, unlogged=True)
    with session.cursor() as cursor:
        cursor.execute(_DIRECTIONS)
        directions = {(schema, name): int(direction) for schema, name, direction in cursor}
        cursor.execute(_FEEDING)
        feeding: list[_Feeding] = [each for each in cursor if each[:2] in found]
    behind = {each[:2]: text for each in feeding if (text := _behind(session, each, found[each[:2]]))}
    changed = {}
    for sequence in at_source or ():
        name = (sequence.schema, sequence.name)
        if name not in found:
            changed[name] = f"{'.'.join(name)} is missing"
        elif not _may_be(found[name], sequence, directions[name]):
            changed[name] = f"{'.'.join(name)} gives {found[name]} next, and at the source {sequence.before}"
    return Sequences(len(found), changed, behind)


def _may_be(given: int, sequence: Sequence, direction: int) -> bool:
    """Whether pg_dump can have read this: the sequence may have moved on meanwhile, or been set back."""
    moved = (sequence.after - sequence.before) * direction
    if sequence.after == sequence.before or moved > 0:
        return min(sequence.before, sequence.after) <= given <= max(sequence.before, sequence.after)
    return True


def _behind(session: Connection, feeding: _Feeding, following: int) -> str | None:
    schema, name, table_schema, table, column, increment, minimum, maximum = feeding
    query = SQL(_FURTHEST).format(
        furthest=SQL("max" if increment > 0 else "min"),
        column=Identifier(column),
        table=Identifier(table_schema, table),
    )
    with session.cursor() as cursor:
        cursor.execute(query, (minimum, maximum))
        [(furthest,)] = cursor.fetchall()
    if furthest is None or (following - furthest) * increment > 0:
        return None
    return f"{schema}.{name} gives {following} next and {table_schema}.{table}.{column} has {furthest} already"
