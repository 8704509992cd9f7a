"""Transactions that were prepared for a two-phase commit and forgotten."""

from lambdas.database_check.check import Check, Rule, Threshold
from lambdas.shared.quantities import seconds_taken
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit

PREPARED_TRANSACTIONS = Check(
    name="prepared_transactions",
    meaning="The transactions that were prepared for a two-phase commit for longest, and neither committed nor rolled"
    " back: no session holds them, and a restart does not end them.",
    many=True,
    sql="""
        SELECT gid AS transaction, owner AS login, database,
               extract(epoch FROM clock_timestamp() - prepared)::float8 AS seconds
        FROM pg_prepared_xacts ORDER BY prepared LIMIT 5
    """,
    rule=Rule(
        name="prepared_transaction",
        trouble="A prepared transaction was left open: it keeps locks, and vacuum from its work, until"
        " somebody ends it.",
        what_to_do="No session holds it, and a restart does not end it. Ask whoever coordinates (the application"
        " server's transaction manager) for its decision; else, in the database that the check names: `ROLLBACK"
        " PREPARED '<name>'`, or `COMMIT PREPARED '<name>'` when the other side has committed. If nobody uses"
        " two-phase commit, set `max_prepared_transactions = 0`.",
        message=lambda found, threshold: (
            f"prepared transaction {found['transaction']} of {found['login']} in database {found['database']} has been"
            f" left open for {seconds_taken(found['seconds'])} (threshold {threshold}):"
            " COMMIT PREPARED or ROLLBACK PREPARED it"
        ),
        thresholds=(
            Threshold(
                "prepared_transaction",
                default=300,
                unit=Unit.SECONDS,
                level=Level.MEDIUM,
                why="the same harm as of an idle transaction, and no session to be seen that does it; whoever"
                " coordinates a two-phase commit ends it within seconds",
                allowed=(10, 86400),
                description="A transaction that was prepared so long ago and has no end.",
            ),
        ),
        metric=Metric.PREPARED_TRANSACTION,
    ),
)
