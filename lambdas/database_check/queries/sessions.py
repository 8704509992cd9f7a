"""Who is connected, and who waits for whom.

No text of a running query is ever read: it holds its parameters.
"""

from lambdas.database_check.queries.measurement import Grant, Measurement

CONNECTIONS = Measurement(
    name="connections",
    meaning="Client sessions, in percent of those that an ordinary login can open, and by state.",
    grant=Grant.READ_ALL_STATS,
    # reserved_connections came with PostgreSQL 16.
    sql="""
        WITH states AS (
            SELECT COALESCE(state, 'starting') AS state, count(*) AS sessions,
                   count(*) FILTER (WHERE starts_with(application_name, {own_sessions})) AS own
            FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1
        ), room AS (
            SELECT current_setting('max_connections')::int
                   - current_setting('superuser_reserved_connections')::int
                   - COALESCE(current_setting('reserved_connections', true)::int, 0) AS available
        )
        SELECT sum(sessions)::int AS used, available, (100.0 * sum(sessions) / available)::float8 AS used_percent,
               sum(own)::int AS own, jsonb_object_agg(state, sessions) AS by_state
        FROM states, room GROUP BY available
    """,
)

IDLE_IN_TRANSACTION = Measurement(
    name="idle_in_transaction",
    meaning="The sessions that have held a transaction open for longest without doing anything in it.",
    grant=Grant.READ_ALL_STATS,
    many=True,
    sql="""
        SELECT pid, usename AS login, application_name AS application, datname AS database,
               extract(epoch FROM clock_timestamp() - state_change)::float8 AS seconds,
               extract(epoch FROM clock_timestamp() - xact_start)::float8 AS transaction_seconds
        FROM pg_stat_activity
        WHERE state LIKE 'idle in transaction%' AND backend_type = 'client backend'
        AND NOT starts_with(application_name, {own_sessions})
        ORDER BY state_change LIMIT 5
    """,
)

LONGEST_QUERIES = Measurement(
    name="longest_queries",
    meaning="The clients' statements that have run for longest; replication and autovacuum are none.",
    grant=Grant.READ_ALL_STATS,
    many=True,
    sql="""
        SELECT pid, usename AS login, application_name AS application, datname AS database,
               extract(epoch FROM clock_timestamp() - query_start)::float8 AS seconds
        FROM pg_stat_activity
        WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND NOT starts_with(application_name, {own_sessions})
        ORDER BY query_start LIMIT 5
    """,
)

OWN_LONG_SESSIONS = Measurement(
    name="own_sessions",
    meaning="This system's own sessions, such as a backup's; they are long by design and judged by nobody here.",
    grant=Grant.READ_ALL_STATS,
    many=True,
    sql="""
        SELECT pid, application_name AS application, state,
               extract(epoch FROM clock_timestamp() - backend_start)::float8 AS seconds
        FROM pg_stat_activity
        WHERE starts_with(application_name, {own_sessions}) AND pid <> pg_backend_pid()
        ORDER BY backend_start LIMIT 20
    """,
)

PREPARED_TRANSACTIONS = Measurement(
    name="prepared_transactions",
    meaning="The transactions that were prepared for a two-phase commit for longest, and neither committed nor rolled"
    " back: no session holds them, and a restart does not end them.",
    many=True,
    sql="""
        SELECT gid AS transaction, owner AS login, database,
               extract(epoch FROM clock_timestamp() - prepared)::float8 AS seconds
        FROM pg_prepared_xacts ORDER BY prepared LIMIT 5
    """,
)

BLOCKED_SESSIONS = Measurement(
    name="blocked_sessions",
    meaning="The sessions that wait for a lock, how long, for which table, and who holds it.",
    grant=Grant.READ_ALL_STATS,
    many=True,
    # waitstart is empty for an instant after a wait began.  Whoever waits in the same queue is no cause, so those that
    # wait for nothing come first.  A prepared transaction has no session: it counts as pid 0, its locks have none, and
    # which they are shows the lock on its own number.  Who blocks is asked for a few, because each answer stops the
    # server's table of locks for a moment.  The statement of an autovacuum is the server's own, and says whether it is
    # one that gives way to nobody.
    sql="""
        WITH locks AS MATERIALIZED (
            SELECT * FROM pg_locks
        ), prepared AS (
            SELECT gid, owner, virtualtransaction
            FROM pg_prepared_xacts JOIN locks ON transactionid = transaction AND pid IS NULL AND granted
        ), waiting AS (
            SELECT DISTINCT ON (a.pid) a.pid, a.usename AS login, a.application_name AS application, l.locktype AS kind,
                   CASE WHEN a.datname = current_database() THEN l.relation::regclass::text END AS relation,
                   extract(epoch FROM clock_timestamp() - COALESCE(l.waitstart, a.query_start))::float8 AS seconds,
                   (l.locktype, l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid,
                    l.objid, l.objsubid) AS wanted
            FROM locks l JOIN pg_stat_activity a USING (pid)
            WHERE NOT l.granted AND NOT starts_with(a.application_name, {own_sessions})
        ), ranked AS (
            SELECT *, row_number() OVER (ORDER BY seconds DESC NULLS LAST) AS rank FROM waiting
        )
        SELECT pid, login, application, kind, relation, seconds, COALESCE(blocked_by, ARRAY[]::text[]) AS blocked_by,
               blockers
        FROM ranked LEFT JOIN LATERAL (
            SELECT (array_agg(name ORDER BY waits, name))[1:3] AS blocked_by, count(*)::int AS blockers
            FROM unnest(CASE WHEN rank <= 20 THEN pg_blocking_pids(ranked.pid) END) AS blocker JOIN LATERAL (
                SELECT concat_ws(' ', pid, usename, NULLIF(application_name, ''), CASE
                           WHEN backend_type = 'client backend' THEN '(' || state || ')'
                           WHEN backend_type = 'autovacuum worker' AND query <> '' THEN left(query, 200)
                           ELSE '(' || backend_type || ')'
                       END) AS name, wait_event_type IS NOT DISTINCT FROM 'Lock' AS waits
                FROM pg_stat_activity WHERE pid = blocker
                UNION
                SELECT format('prepared transaction %s of %s', gid, owner), false
                FROM locks l JOIN prepared USING (virtualtransaction)
                WHERE blocker = 0 AND l.pid IS NULL AND l.granted AND ranked.wanted IS NOT DISTINCT FROM
                    (l.locktype, l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid,
                     l.objid, l.objsubid)
            ) AS named ON true
        ) AS found ON true
        ORDER BY rank LIMIT 1000
    """,
)

MEASUREMENTS = (
    CONNECTIONS,
    IDLE_IN_TRANSACTION,
    PREPARED_TRANSACTIONS,
    LONGEST_QUERIES,
    OWN_LONG_SESSIONS,
    BLOCKED_SESSIONS,
)
