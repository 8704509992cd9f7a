"""What the counters say of the time since the check before, deadlocks above all."""

from lambdas.database_check.check import Check, Rule, Threshold
from lambdas.shared.quantities import seconds_taken
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit

SINCE_LAST_CHECK = Check(
    name="since_last_check",
    meaning="What happened between two checks: deadlocks, rollbacks and their share, the cache hit ratio, and how much"
    " the database and its largest tables grew.",
    rule=Rule(
        name="deadlocks",
        trouble="Requests failed because sessions waited for each other.",
        what_to_do="The server's log names both statements: make them lock in the same order.",
        number="deadlocks",
        message=lambda happened, threshold: (
            f"{happened['deadlocks']} deadlocks in {seconds_taken(happened['seconds'])}"
            f" (threshold {threshold}): the server's log names the statements"
        ),
        thresholds=(
            Threshold(
                "deadlocks",
                default=0,
                unit=Unit.COUNT,
                level=Level.MEDIUM,
                why="since the check before; each is a request that failed, and a fault in the order of locking",
            ),
        ),
        metric=Metric.DEADLOCKS,
    ),
)
