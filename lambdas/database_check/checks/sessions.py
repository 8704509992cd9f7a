"""Who holds the sessions: by these it shows whether connections are pooled."""

from lambdas.database_check.check import Check, Grant

SESSIONS = Check(
    name="sessions",
    meaning="Sessions of others by application and address, the most first, and how many of them are idle: a pool keeps"
    " a few, and without one each process or request has its own.",
    grant=Grant.READ_ALL_STATS,
    many=True,
    sql="""
        SELECT application_name AS application, COALESCE(host(client_addr), 'socket') AS address,
               count(*)::int AS sessions, (count(*) FILTER (WHERE state = 'idle'))::int AS idle
        FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND NOT starts_with(application_name, {own_sessions})
        GROUP BY 1, 2 ORDER BY sessions DESC, application, address LIMIT 20
    """,
)
