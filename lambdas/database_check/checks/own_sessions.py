"""The sessions of this system itself."""

from lambdas.database_check.check import Check, Grant

OWN_SESSIONS = Check(
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
