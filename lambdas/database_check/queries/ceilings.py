"""Numbers that run out: transaction ids, multixact ids, sequences."""

from lambdas.database_check.queries.measurement import Grant, Measurement

TRANSACTION_IDS = Measurement(
    name="transaction_ids",
    meaning="How much of the two thousand million transaction and multixact ids the oldest rows hold back,"
    " per database, and in percent of the age at which autovacuum steps in by force.",
    many=True,
    # What is vacuumed is the table, also where its large values are the oldest.
    sql="""
        WITH tables AS (
            SELECT COALESCE(main.oid, c.oid)::regclass AS id, c.relfrozenxid, c.relminmxid
            FROM pg_class c LEFT JOIN pg_class main ON main.reltoastrelid = c.oid AND c.relkind = 't'
        )
        SELECT datname AS database, age(datfrozenxid) AS age, mxid_age(datminmxid) AS multixact_age,
               age(datfrozenxid) / 2e7::float8 AS percent, mxid_age(datminmxid) / 2e7::float8 AS multixact_percent,
               100.0::float8 * age(datfrozenxid)
                   / current_setting('autovacuum_freeze_max_age')::int AS autovacuum_percent,
               100.0::float8 * mxid_age(datminmxid)
                   / current_setting('autovacuum_multixact_freeze_max_age')::int AS multixact_autovacuum_percent,
               CASE WHEN datname = current_database() THEN (
                   SELECT id FROM tables WHERE relfrozenxid <> '0' ORDER BY age(relfrozenxid) DESC LIMIT 1
               )::text END AS oldest_table,
               CASE WHEN datname = current_database() THEN (
                   SELECT id FROM tables WHERE relminmxid <> '0' ORDER BY mxid_age(relminmxid) DESC LIMIT 1
               )::text END AS oldest_multixact_table
        FROM pg_database ORDER BY GREATEST(age(datfrozenxid), mxid_age(datminmxid)) DESC LIMIT 5
    """,
)

SEQUENCES = Measurement(
    name="sequences",
    meaning="How far each sequence is on its way, in its direction, to its own end or to that of the column it"
    " feeds, whichever is nearer. One that cycles inside its column never ends.",
    grant=Grant.READ_ALL_DATA,
    sees_a_part=True,
    # A column takes its values from a sequence by owning it (serial, identity) or by a default alone.  One that is
    # just being altered is passed over: reading it would wait.
    sql="""
        WITH feeds AS (
            SELECT objid AS sequence, refobjid AS relation, refobjsubid AS number FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
            AND deptype IN ('a', 'i') AND refobjsubid > 0
            UNION
            SELECT d.refobjid, ad.adrelid, ad.adnum FROM pg_depend d JOIN pg_attrdef ad ON ad.oid = d.objid
            WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
        ), bounds AS (
            SELECT sequence,
                   min(CASE base WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 END) AS highest,
                   max(CASE base WHEN 'int2'::regtype THEN -32768 WHEN 'int4'::regtype THEN -2147483648 END) AS lowest,
                   min(relation::regclass || '.' || attname) AS column_name
            FROM feeds JOIN pg_attribute ON attrelid = relation AND attnum = number
            JOIN LATERAL (SELECT COALESCE(NULLIF(typbasetype, 0), oid) AS base FROM pg_type WHERE oid = atttypid) t
            ON true GROUP BY sequence
        ), sequences AS (
            SELECT c.oid, seqincrement > 0 AS ascends, seqcycle, seqmin::numeric, seqmax::numeric, b.column_name,
                   LEAST(seqmax, b.highest)::numeric AS highest, GREATEST(seqmin, b.lowest)::numeric AS lowest,
                   has_sequence_privilege(c.oid, 'SELECT, USAGE') AS readable
            FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid LEFT JOIN bounds b ON b.sequence = c.oid
            WHERE c.relpersistence <> 't' AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
            AND NOT EXISTS (
                SELECT FROM pg_locks l WHERE l.relation = c.oid
                AND l.mode IN ('ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
            )
        ), positions AS (
            SELECT *, CASE WHEN readable THEN pg_sequence_last_value(oid) END AS last_value FROM sequences
        ), used AS (
            SELECT oid::regclass::text AS sequence, column_name AS column, last_value,
                   CASE WHEN ascends THEN highest ELSE lowest END::bigint AS limit,
                   LEAST(100, 100 * CASE
                       WHEN ascends THEN (last_value - seqmin + 1) / GREATEST(highest - seqmin + 1, 1)
                       ELSE (seqmax - last_value + 1) / GREATEST(seqmax - lowest + 1, 1)
                   END)::float8 AS used_percent
            FROM positions
            WHERE last_value IS NOT NULL
            AND (NOT seqcycle OR CASE WHEN ascends THEN highest < seqmax ELSE lowest > seqmin END)
        )
        SELECT (SELECT count(*)::int FROM sequences WHERE NOT readable) AS unreadable,
               COALESCE((SELECT max(used_percent) FROM used), 0) AS used_percent,
               COALESCE((SELECT jsonb_agg(worst) FROM (
                   SELECT * FROM used ORDER BY used_percent DESC LIMIT 10
               ) AS worst), '[]') AS nearest
    """,
)

MEASUREMENTS = (TRANSACTION_IDS, SEQUENCES)
