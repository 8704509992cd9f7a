"""What of the database the dump will not hold, and why: known from the catalogue, before pg_dump is silent about it."""

from collections.abc import Sequence

from lambdas.database_backup.errors import SourceNotReadyError
from lambdas.shared.connection import Connection
from lambdas.vocabulary.backups import Dependent, LeftOut

_NO_SUPERUSER = "the login is no superuser, and only for one pg_dump writes them"
_EXCLUDED = "by the setting excluded_schemas"

_IS_SUPERUSER = "SELECT pg_catalog.current_setting('is_superuser') = 'on'"
_SUBSCRIPTIONS = """
SELECT 'subscription ' || quote_ident(subname) FROM pg_catalog.pg_subscription
WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
ORDER BY 1
"""
# A mapping without options looks like one whose options are hidden; who may read the table itself knows better.
_MAPPINGS = """
SELECT umid, format('options of the user mapping for %I at server %I', usename, srvname)
FROM pg_catalog.pg_user_mappings WHERE umoptions IS NULL
ORDER BY 2
"""
_MAY_READ_OPTIONS = "SELECT pg_catalog.has_table_privilege('pg_catalog.pg_user_mapping', 'SELECT')"
_WITHOUT_OPTIONS = "SELECT oid FROM pg_catalog.pg_user_mapping WHERE umoptions IS NULL"

_SCHEMAS = "SELECT nspname FROM pg_catalog.pg_namespace"

# The dump holds a default, a check or a rule by itself or within the definition of the table or view that it is of.
_NEEDING_EXCLUDED = """
WITH excluded (classid, objid, schema) AS (
    SELECT found.classid, found.objid, n.nspname
    FROM (
        SELECT 'pg_catalog.pg_class'::regclass::oid, oid, relnamespace FROM pg_catalog.pg_class
        UNION ALL SELECT 'pg_catalog.pg_type'::regclass, oid, typnamespace FROM pg_catalog.pg_type
        UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid, pronamespace FROM pg_catalog.pg_proc
        UNION ALL SELECT 'pg_catalog.pg_operator'::regclass, oid, oprnamespace FROM pg_catalog.pg_operator
        UNION ALL SELECT 'pg_catalog.pg_opclass'::regclass, oid, opcnamespace FROM pg_catalog.pg_opclass
        UNION ALL SELECT 'pg_catalog.pg_opfamily'::regclass, oid, opfnamespace FROM pg_catalog.pg_opfamily
        UNION ALL SELECT 'pg_catalog.pg_collation'::regclass, oid, collnamespace FROM pg_catalog.pg_collation
        UNION ALL SELECT 'pg_catalog.pg_ts_config'::regclass, oid, cfgnamespace FROM pg_catalog.pg_ts_config
        UNION ALL SELECT 'pg_catalog.pg_ts_dict'::regclass, oid, dictnamespace FROM pg_catalog.pg_ts_dict
    ) AS found (classid, objid, namespace)
    JOIN pg_catalog.pg_namespace n ON n.oid = found.namespace
    WHERE n.nspname = ANY (%s)
), dependent AS (
    SELECT d.classid, d.objid, d.objsubid, e.schema,
        CASE WHEN c.contypid <> 0 OR composite.oid IS NOT NULL THEN 'pg_catalog.pg_type'::regclass::oid
             WHEN coalesce(a.oid, c.oid, r.oid, t.oid, p.oid) IS NULL THEN d.classid
             ELSE 'pg_catalog.pg_class'::regclass END AS owner_classid,
        coalesce(a.adrelid, nullif(c.conrelid, 0), nullif(c.contypid, 0), r.ev_class, t.tgrelid, p.polrelid,
                 composite.reltype, d.objid) AS owner_objid
    FROM pg_catalog.pg_depend d
    JOIN excluded e ON (e.classid, e.objid) = (d.refclassid, d.refobjid)
    LEFT JOIN pg_catalog.pg_attrdef a ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND a.oid = d.objid
    LEFT JOIN pg_catalog.pg_constraint c ON d.classid = 'pg_catalog.pg_constraint'::regclass AND c.oid = d.objid
    LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid
    LEFT JOIN pg_catalog.pg_trigger t ON d.classid = 'pg_catalog.pg_trigger'::regclass AND t.oid = d.objid
    LEFT JOIN pg_catalog.pg_policy p ON d.classid = 'pg_catalog.pg_policy'::regclass AND p.oid = d.objid
    LEFT JOIN pg_catalog.pg_class composite
        ON d.classid = 'pg_catalog.pg_class'::regclass AND composite.oid = d.objid AND composite.relkind = 'c'
    WHERE d.deptype = 'n'
)
SELECT pg_catalog.pg_describe_object(classid, objid, min(objsubid)), min(schema),
       format('%%s %%s', classid, objid), format('%%s %%s', owner_classid::oid, owner_objid)
FROM dependent d
WHERE NOT EXISTS (
    SELECT FROM excluded e WHERE (e.classid, e.objid) IN ((d.classid, d.objid), (d.owner_classid, d.owner_objid))
)
AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend m WHERE m.deptype = 'e'
    AND (m.classid, m.objid) IN ((d.classid, d.objid), (d.owner_classid, d.owner_objid))
)
GROUP BY classid, objid, owner_classid, owner_objid
ORDER BY 1
"""


def left_out(session: Connection, excluded_schemas: Sequence[str]) -> tuple[LeftOut, ...]:
    """All of it, but the rows of tables; raises SourceNotReadyError when there is no such schema."""
    with session.cursor() as cursor:
        cursor.execute(_SCHEMAS)
        present = {name for (name,) in cursor.fetchall()}
    if unknown := [schema for schema in excluded_schemas if schema not in present]:
        raise SourceNotReadyError(
            f"excluded_schemas names {unknown[0]!r}, and the database has no such schema"
            " (change the setting in the environment file)"
        )
    by_wish = [LeftOut(f"schema {schema}", _EXCLUDED) for schema in excluded_schemas]
    return (*by_wish, *_hidden(session))


def needing_excluded(session: Connection, schemas: Sequence[str]) -> tuple[Dependent, ...]:
    """What the dump holds and no database takes that lacks these schemas."""
    if not schemas:  # the query locks much of the catalogue until the snapshot's end
        return ()
    with session.cursor() as cursor:
        cursor.execute(_NEEDING_EXCLUDED, (list(schemas),))
        return tuple(Dependent(what, schema, tuple(dict.fromkeys(ids))) for what, schema, *ids in cursor.fetchall())


def _hidden(session: Connection) -> list[LeftOut]:
    with session.cursor() as cursor:
        cursor.execute(_IS_SUPERUSER)
        if cursor.fetchone() == (True,):
            return []
        cursor.execute(_SUBSCRIPTIONS)
        found = [what for (what,) in cursor.fetchall()]
        cursor.execute(_MAPPINGS)
        mappings = cursor.fetchall()
        cursor.execute(_MAY_READ_OPTIONS)
        if cursor.fetchone() == (True,):
            cursor.execute(_WITHOUT_OPTIONS)
            empty = {oid for (oid,) in cursor.fetchall()}
            mappings = [(oid, what) for oid, what in mappings if oid not in empty]
    return [LeftOut(what, _NO_SUPERUSER) for what in (*found, *(what for _, what in mappings))]
