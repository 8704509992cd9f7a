"""Sessions that hold a transaction open and do nothing in it."""

from lambdas.database_check.check import Check, Grant, Rule, Threshold
from lambdas.database_check.words import session_of
from lambdas.shared.quantities import seconds_taken
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit

IDLE_IN_TRANSACTION = Check(
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
    rule=Rule(
        name="idle_in_transaction",
        trouble="A session holds a transaction open without doing anything: it keeps locks, and vacuum from its work.",
        what_to_do="`SELECT pg_terminate_backend(<pid>)` of the session that the check names; then find the code that"
        " forgets to commit. `idle_in_transaction_session_timeout` ends such sessions by itself.",
        message=lambda session, threshold: (
            f"{session_of(session)} has held a transaction open without doing anything for"
            f" {seconds_taken(session['seconds'])} (threshold {threshold})"
        ),
        thresholds=(
            Threshold(
                "idle_in_transaction",
                default=300,
                unit=Unit.SECONDS,
                level=Level.MEDIUM,
                why="such a session holds locks and keeps vacuum from every row deleted since",
                allowed=(10, 86400),
                description="A transaction that is open so long without doing anything.",
            ),
        ),
        metric=Metric.IDLE_IN_TRANSACTION,
    ),
)
