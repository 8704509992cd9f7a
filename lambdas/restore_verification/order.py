"""Rules whose keeping can hang on the order in which tables were filled.

A check, a domain or a generated column may call a function, and the function may read another table: then the restore
succeeds or fails by which table came first.  Sessions side by side may hit the lucky order; pg_dump's own is what a
recovery must be able to count on.
"""

from psycopg2.extensions import connection as Connection  # noqa: N812  (a class with a lower-case name)

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


def may_matter(session: Connection) -> bool:
    """Whether the restored database has such rules, so that only a restore in pg_dump's order proves anything."""
    with session.cursor() as cursor:
        cursor.execute(_READING_FUNCTIONS)
        [(found,)] = cursor.fetchall()
    return bool(found)
