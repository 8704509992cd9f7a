"""What must hold at the source before a backup is worth beginning."""

from dataclasses import dataclass

from postgresql_tools import MAJORS
from psycopg2.extensions import connection as Connection  # noqa: N812  (a class with a lower-case name)

from lambdas.database_backup.errors import SourceNotReadyError
from lambdas.vocabulary.backups import Extension

_NAMED_AT_MOST = 20

_FACTS = """
SELECT pg_catalog.current_setting('server_version'),
       pg_catalog.current_setting('server_version_num')::int / 10000,
       pg_catalog.pg_database_size(pg_catalog.current_database())
"""
_EXTENSIONS = "SELECT extname, extversion FROM pg_catalog.pg_extension ORDER BY 1"

# Everything that pg_dump reads and this login may not, each with the statement that mends it.  Views are dumped by
# their definition; what comes with an extension is not dumped, but for the tables that it marks as configuration.
_MISSING_RIGHTS = r"""
WITH dumped AS (
    SELECT c.*, n.nspname, CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND (EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig)) OR NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
    ))
)
SELECT format('schema %I', nspname), format('GRANT USAGE ON SCHEMA %I TO %I', nspname, current_user)
FROM (SELECT DISTINCT nspname FROM dumped) AS schemas
WHERE NOT has_schema_privilege(nspname, 'USAGE')
UNION ALL
SELECT format('%s %I.%I', kind, nspname, relname),
       format('GRANT SELECT ON %s %I.%I TO %I', kind, nspname, relname, current_user)
FROM dumped WHERE NOT has_table_privilege(oid, 'SELECT')
UNION ALL
SELECT format('table %I.%I behind row-level security', nspname, relname),
       format('ALTER ROLE %I BYPASSRLS', current_user)
FROM dumped WHERE row_security_active(oid)
UNION ALL
SELECT format('large object %s', oid),
       format('GRANT SELECT ON LARGE OBJECT %s TO %I', oid, current_user)
FROM pg_catalog.pg_largeobject_metadata AS large
WHERE NOT pg_catalog.current_setting('lo_compat_privileges')::boolean
AND NOT pg_has_role(lomowner, 'USAGE')
AND NOT EXISTS (
    SELECT FROM aclexplode(large.lomacl) AS granted
    WHERE granted.privilege_type = 'SELECT' AND (granted.grantee = 0 OR pg_has_role(granted.grantee, 'USAGE'))
)
"""


@dataclass(frozen=True)
class Facts:
    """What the source said of itself."""

    server_version: str
    major: int
    """The server's major version, whose tools make the backup."""
    database_bytes: int
    extensions: tuple[Extension, ...]


def check(session: Connection) -> Facts:
    """Raises SourceNotReadyError when there is no pg_dump of the server's version or it may not read what it must."""
    with session.cursor() as cursor:
        cursor.execute(_FACTS)
        [(server_version, major, database_bytes)] = cursor.fetchall()
        if major not in MAJORS:
            raise SourceNotReadyError(_unsupported(server_version, major))
        cursor.execute(_MISSING_RIGHTS)
        if missing := cursor.fetchall():
            raise SourceNotReadyError(_complaint(session.info.user, missing))
        cursor.execute(_EXTENSIONS)
        extensions = tuple(Extension(name, version) for name, version in cursor)
    return Facts(server_version, major, database_bytes, extensions)


def _unsupported(server_version: str, major: int) -> str:
    remedy = "add its release to layers/postgresql.py and deploy" if major > MAJORS[-1] else "upgrade the server"
    ours = f"{MAJORS[0]} to {MAJORS[-1]}"
    return f"the server is PostgreSQL {server_version}, and the tools here are of {ours} ({remedy})"


def _complaint(login: str, missing: list[tuple[str, str]]) -> str:
    named = missing[:_NAMED_AT_MOST]
    more = f" and {len(missing) - len(named)} more" if len(missing) > len(named) else ""
    remedies = "; ".join(dict.fromkeys(remedy for _, remedy in named))
    return f"login {login!r} may not read {', '.join(thing for thing, _ in named)}{more} ({remedies})"
