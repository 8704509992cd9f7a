"""Statements that run for long.  No text of a running query is ever read: it holds its parameters."""

from lambdas.database_check.check import Check, Grant, Rule, Threshold
from lambdas.database_check.words import session_of
from lambdas.shared.quantities import seconds_taken
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit

LONGEST_QUERIES = Check(
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
    rule=Rule(
        name="longest_query",
        trouble="A query runs for longer than any request waits.",
        what_to_do="`SELECT pg_cancel_backend(<pid>)`, unless somebody is waiting for just this one.",
        message=lambda session, threshold: (
            f"a statement of {session_of(session)} has run for {seconds_taken(session['seconds'])}"
            f" (threshold {threshold})"
        ),
        thresholds=(
            Threshold(
                "longest_query",
                default=300,
                unit=Unit.SECONDS,
                level=Level.MEDIUM,
                why="no request of a user waits for five minutes: it is stuck, or it was started by hand",
                allowed=(10, 86400),
                description="A query that has run for so long.",
            ),
        ),
        metric=Metric.LONGEST_QUERY,
    ),
)
