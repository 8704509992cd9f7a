"""What must hold at the source before a backup is worth beginning."""

from collections.abc import Sequence
from dataclasses import dataclass

from postgresql_tools import MAJORS

from lambdas.database_backup.errors import SourceNotReadyError
from lambdas.shared.connection import Connection
from lambdas.vocabulary.backups import Extension

_NAMED_AT_MOST = 20

_FACTS = """
SELECT pg_catalog.current_setting('server_version'),
       pg_catalog.current_setting('server_version_num')::int / 10000,
       pg_catalog.pg_database_size(pg_catalog.current_database()),
       pg_catalog.current_setting('server_encoding')
"""
# A run needs two: its own session, and pg_dump's.
_TOO_FEW_SESSIONS = """
SELECT format('ROLE %I', rolname), rolconnlimit FROM pg_catalog.pg_roles
WHERE rolname = session_user AND NOT rolsuper AND rolconnlimit BETWEEN 0 AND 1
UNION ALL
SELECT format('DATABASE %I', datname), datconnlimit FROM pg_catalog.pg_database
WHERE datname = pg_catalog.current_database() AND datconnlimit BETWEEN 0 AND 1
AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)
"""
_EXTENSIONS = """
SELECT extname, extversion, ARRAY(
    SELECT n.nspname || '.' || c.relname
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = ANY (extconfig) ORDER BY 1
)
FROM pg_catalog.pg_extension ORDER BY 1
"""

# Everything that pg_dump reads and this login may not, each with the statement that mends it.  Views are dumped by
# their definition; what comes with an extension is not dumped, but for the tables that it marks as configuration.
_MISSING_RIGHTS = r"""
WITH dumped AS (
    SELECT c.*, n.nspname, CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL (%s)
    AND (EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig)) OR NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
    ))
)
SELECT format('schema %%I', nspname), format('GRANT USAGE ON SCHEMA %%I TO %%I', nspname, current_user)
FROM (SELECT DISTINCT nspname FROM dumped) AS schemas
WHERE NOT has_schema_privilege(nspname, 'USAGE')
UNION ALL
SELECT format('%%s %%I.%%I', kind, nspname, relname),
       format('GRANT SELECT ON %%s %%I.%%I TO %%I', kind, nspname, relname, current_user)
FROM dumped WHERE NOT has_table_privilege(oid, 'SELECT')
UNION ALL
SELECT format('table %%I.%%I behind row-level security', nspname, relname),
       format('ALTER ROLE %%I BYPASSRLS', current_user)
FROM dumped WHERE row_security_active(oid)
UNION ALL
SELECT format('large object %%s', oid),
       format('GRANT SELECT ON LARGE OBJECT %%s TO %%I', oid, current_user)
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
    encoding: str
    extensions: tuple[Extension, ...]


def check(session: Connection, excluded_schemas: Sequence[str] = ()) -> Facts:
    """Raises SourceNotReadyError when there is no pg_dump of the server's version, or it may not run beside this
    session, or may not read something that it must."""
    with session.cursor() as cursor:
        cursor.execute(_FACTS)
        [(server_version, major, database_bytes, encoding)] = cursor.fetchall()
        if major not in MAJORS:
            raise SourceNotReadyError(_unsupported(server_version, major))
        cursor.execute(_TOO_FEW_SESSIONS)
        if limited := cursor.fetchone():
            raise SourceNotReadyError(
                "a backup needs two sessions at once, and {0} has CONNECTION LIMIT {1}"
                " (ALTER {0} CONNECTION LIMIT 4, which leaves room for the database check)".format(*limited)
            )
        cursor.execute(_MISSING_RIGHTS, (list(excluded_schemas),))
        if missing := cursor.fetchall():
            raise SourceNotReadyError(_complaint(session.info.user, missing))
        cursor.execute(_EXTENSIONS)
        extensions = tuple(Extension(name, version, tuple(holding)) for name, version, holding in cursor)
    return Facts(server_version, major, database_bytes, encoding, extensions)


def _unsupported(server_version: str, major: int) -> str:
    remedy = "add its release to layers/postgresql.py and deploy" if major > MAJORS[-1] else "upgrade the server"
    ours = f"{MAJORS[0]} to {MAJORS[-1]}"
    return f"the server is PostgreSQL {server_version}, and the tools here are of {ours} ({remedy})"


def _complaint(login: str, missing: list[tuple[str, str]]) -> str:
    named = missing[:_NAMED_AT_MOST]
    more = f" and {len(missing) - len(named)} more" if len(missing) > len(named) else ""
    remedies = "; ".join(dict.fromkeys(remedy for _, remedy in named))
    return f"login {login!r} may not read {', '.join(thing for thing, _ in named)}{more} ({remedies})"
