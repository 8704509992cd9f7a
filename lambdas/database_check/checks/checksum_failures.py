"""Pages that the storage returned differently than they were written."""

from lambdas.database_check.check import Check, Rule, Threshold
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit

CHECKSUM_FAILURES = Check(
    name="checksum_failures",
    meaning="Pages of any database whose data checksum was wrong; empty when the server computes none.",
    many=True,
    sql="""
        SELECT COALESCE(datname, 'shared objects') AS database, checksum_failures AS failures,
               checksum_last_failure::text AS last_failure
        FROM pg_stat_database WHERE current_setting('data_checksums') = 'on'
        ORDER BY checksum_failures DESC NULLS LAST LIMIT 5
    """,
    rule=Rule(
        name="checksum_failures",
        trouble="The storage returned something else than was written: data is damaged.",
        what_to_do="Data is damaged. Stop writing what can be stopped, take no chances: restore to a moment before"
        " ([operations](../operations.md)) into a new instance, and compare. Open a case with AWS.",
        number="failures",
        message=lambda found, threshold: (
            f"{found['failures']} pages of {found['database']} had a wrong checksum, the last one at"
            f" {found['last_failure']} (threshold {threshold}): the storage loses data"
        ),
        thresholds=(
            Threshold(
                "checksum_failures",
                default=0,
                unit=Unit.COUNT,
                level=Level.CRITICAL,
                why="the storage returned something else than was written",
            ),
        ),
        metric=Metric.CHECKSUM_FAILURES,
        aggregate=sum,
    ),
)
