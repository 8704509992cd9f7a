"""What is alarmed about the inside of the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aws_cdk import Duration, aws_cloudwatch

from lambdas.database_check import checks
from lambdas.database_check.check import Check, Rule
from lambdas.database_check.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import ABOVE, BELOW, AlarmSpec, Missing, Section, Statistic, own_metric
from stacks.settings import Environment

CHECKS = 2
"""This many without an answer, one after the other, are a database that is down."""


@dataclass(frozen=True)
class Row:
    """One alarm, `database-<name>`: its threshold is that of the check's rule at its level, or a number of its own."""

    name: str
    level: Level
    metric: Metric
    meaning: str
    rule: Rule | None = None
    threshold: float = 0
    breaches: int = 2
    missing: Missing = Missing.NOT_BREACHING
    """Trouble is published while it is there and absent otherwise, so no data is no trouble."""
    first_look: str = "the newest 'database checked' line in the log of database_check: it names the objects"
    statistic: Statistic = Statistic.MAXIMUM
    comparison: aws_cloudwatch.ComparisonOperator = ABOVE

    def threshold_in(self, settings: Settings) -> float:
        return self.rule.alarmed_above(self.level, settings) if self.rule else self.threshold

    def is_needed(self, settings: Settings) -> bool:
        """RDS's own count of connections is free, and comes when no login is left for the check."""
        return settings.connections_metric or not (self.rule and self.rule.rds_counts_it)


def alarm_of(check: Check, level: Level, name: str, **further: Any) -> Row:
    """The alarm on what a check finds; its meaning is the check's, unless said otherwise."""
    rule = check.rule
    if rule is None or rule.metric is None:
        raise TypeError(f"check {check.name} has no metric to alarm on")
    return Row(name, level, rule.metric, **{"meaning": rule.trouble, "rule": rule, **further})


UNREACHABLE = Row(
    "unreachable",
    Level.CRITICAL,
    Metric.DATABASE_REACHABLE,
    "The database cannot be reached, or the check of it does not run.",
    threshold=1,
    breaches=CHECKS,
    missing=Missing.BREACHING,
    first_look="the line 'database unreachable' in the log of database_check: it names the kind of failure",
    statistic=Statistic.MINIMUM,
    comparison=BELOW,
)
FINDINGS = Row(
    "findings",
    Level.LOW,
    Metric.DATABASE_FINDINGS,
    "Tables need a vacuum, an index is invalid, or a grant is missing.",
)
ROWS = (
    UNREACHABLE,
    # Always published: a check that does not run is the alarm on reachability.
    alarm_of(checks.CONNECTIONS, Level.HIGH, "connections", missing=Missing.IGNORE),
    alarm_of(checks.IDLE_IN_TRANSACTION, Level.MEDIUM, "idle-in-transaction"),
    alarm_of(checks.PREPARED_TRANSACTIONS, Level.MEDIUM, "prepared-transaction"),
    alarm_of(checks.LONGEST_QUERIES, Level.MEDIUM, "longest-query"),
    alarm_of(checks.BLOCKED_SESSIONS, Level.MEDIUM, "blocked"),
    alarm_of(checks.REPLICATION, Level.MEDIUM, "replication-lag"),
    alarm_of(checks.TRANSACTION_IDS, Level.HIGH, "transaction-ids"),
    alarm_of(checks.TRANSACTION_IDS, Level.CRITICAL, "transaction-ids-critical"),
    alarm_of(checks.SEQUENCES, Level.MEDIUM, "sequence"),
    alarm_of(checks.SEQUENCES, Level.CRITICAL, "sequence-critical"),
    alarm_of(checks.REPLICATION_SLOTS, Level.HIGH, "inactive-slots"),
    alarm_of(checks.CHECKSUM_FAILURES, Level.CRITICAL, "checksum-failures", breaches=1),
    alarm_of(checks.SINCE_LAST_CHECK, Level.MEDIUM, "deadlocks", breaches=1),
    FINDINGS,
)


def database_alarms(environment: Environment, settings: Settings) -> Iterator[AlarmSpec]:
    """The thresholds are those that the function itself judges by; most alarms need two checks that find the same.

    CloudWatch looks back past gaps: the two checks lie within some five of each other, and an alarm ends about so long
    after the last.
    """
    for row in ROWS:
        if row.is_needed(settings):
            yield AlarmSpec(
                subject="database",
                name=row.name,
                metric=own_metric(
                    environment,
                    row.metric,
                    of={Dimension.DATABASE: settings.database},
                    period=Duration.minutes(environment.database_check.interval_minutes),
                    statistic=row.statistic,
                ),
                threshold=row.threshold_in(settings),
                comparison=row.comparison,
                breaches=row.breaches,
                level=row.level,
                runbook=Runbook.DATABASE_TROUBLE,
                missing=row.missing,
                meaning=row.meaning,
                first_look=row.first_look,
                section=Section.DATABASE,
            )
