"""How many of the connections that the server allows are in use."""

from lambdas.database_check.check import Check, Grant, Rule, Threshold
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit

CONNECTIONS = Check(
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
            SELECT current_setting('max_connections')::int AS maximum, current_setting('max_connections')::int
                   - current_setting('superuser_reserved_connections')::int
                   - COALESCE(current_setting('reserved_connections', true)::int, 0) AS available
        )
        SELECT sum(sessions)::int AS used, available, (100.0 * sum(sessions) / available)::float8 AS used_percent,
               maximum, sum(own)::int AS own, jsonb_object_agg(state, sessions) AS by_state
        FROM states, room GROUP BY available, maximum
    """,
    rule=Rule(
        name="connections",
        trouble="Connections run out.",
        what_to_do="Who holds them: `SELECT usename, application_name, state, count(*) FROM pg_stat_activity"
        " GROUP BY 1,2,3 ORDER BY 4 DESC`. Restart the instance of the backend that leaks; lower its pool.",
        number="used_percent",
        message=lambda found, threshold: (
            f"{found['used']} of {found['available']} connections are used, {found['used_percent']:.0f} %"
            f" (threshold {threshold})"
        ),
        thresholds=(
            Threshold(
                "connections_percent",
                default=80,
                unit=Unit.PERCENT,
                level=Level.HIGH,
                why="of `max_connections` less those reserved; at 100 the backend gets errors, and a restarting backend"
                " doubles its use",
                allowed=(10, 99),
                description="Connections in use, of those that an ordinary login can open.",
            ),
        ),
        metric=Metric.CONNECTIONS_USED,
        rds_counts_it=True,
    ),
)
