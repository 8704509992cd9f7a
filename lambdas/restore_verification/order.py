"""What hangs on the order in which a dump is restored.

A check, a domain or a generated column may call a function, and the function may read another table: then the restore
succeeds or fails by which table came first.  A value may be the name of an index, which is made after the rows.
Sessions side by side may hit the lucky order; pg_dump's own is what a recovery must be able to count on.
"""

from lambdas.shared.connection import Connection

# By what a body says: PostgreSQL does not record what a function written as a string reads.
_READING_FUNCTIONS = r"""
SELECT EXISTS (
    SELECT
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_proc p ON d.refclassid = 'pg_catalog.pg_proc'::regclass AND p.oid = d.refobjid
    LEFT JOIN pg_catalog.pg_constraint c ON d.classid = 'pg_catalog.pg_constraint'::regclass AND c.oid = d.objid
    WHERE (c.contype = 'c' AND c.convalidated OR d.classid = 'pg_catalog.pg_attrdef'::regclass)
    AND p.prosrc || coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), '') ~* '\m(from|execute|perform|table)\M'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend e
        WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e'
    )
)
"""
_NAMES_OF_RELATIONS = """
SELECT EXISTS (
    SELECT
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE a.atttypid IN ('regclass'::regtype, 'regclass[]'::regtype) AND a.attnum > 0 AND NOT a.attisdropped
    AND c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
)
"""


def may_matter(session: Connection) -> bool:
    """Whether the restored database has such things, so that only a restore in pg_dump's order proves anything."""
    return any(_holds(session, query) for query in (_READING_FUNCTIONS, _NAMES_OF_RELATIONS))


def _holds(session: Connection, query: str) -> bool:
    with session.cursor() as cursor:
        cursor.execute(query)
        [(found,)] = cursor.fetchall()
    return bool(found)
