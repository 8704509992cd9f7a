"""What is alarmed about the inside of the database."""

from aws_cdk import Duration, aws_cloudwatch
from constructs import Construct

from lambdas.database_check.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import BELOW, Alarms, Missing, Section, Statistic

CHECKS = 2
"""This many without an answer, one after the other, are a database that is down."""


class DatabaseAlarms(Construct):
    """The thresholds are those that the function itself judges by; most alarms need two checks that find the same.

    What is trouble is published while it is there and absent otherwise, so no data is no trouble.  CloudWatch looks
    back past gaps: the two checks lie within some five of each other, and an alarm ends about so long after the last.
    """

    def __init__(self, scope: Construct, settings: Settings, interval: Duration, alarms: Alarms) -> None:
        super().__init__(scope, "Database")
        self._settings = settings
        self._interval = interval
        self._alarms = alarms
        self.unreachable = self._alarm_on_reachability()
        self._alarm_on_sessions()
        self._alarm_on_exhaustion()
        self._alarm_on_faults()

    def _alarm_on_reachability(self) -> aws_cloudwatch.Alarm:
        return self._alarms.add(
            self,
            "unreachable",
            self._metric(Metric.DATABASE_REACHABLE, Statistic.MINIMUM),
            subject="database",
            comparison=BELOW,
            threshold=1,
            breaches=CHECKS,
            level=Level.CRITICAL,
            runbook=Runbook.DATABASE_TROUBLE,
            missing=Missing.BREACHING,
            meaning="The database cannot be reached, or the check of it does not run.",
            first_look="the line 'database unreachable' in the log of database_check: it names the kind of failure",
            section=Section.DATABASE,
        )

    def _alarm_on_sessions(self) -> None:
        settings = self._settings
        if settings.connections_metric:  # RDS's own count is free, and comes when no login is left for the check
            self._above(
                Metric.CONNECTIONS_USED,
                "connections",
                settings.connections_percent,
                Level.HIGH,
                "Connections run out.",
                missing=Missing.IGNORE,  # always published: a check that does not run is the alarm on reachability
            )
        self._above(
            Metric.IDLE_IN_TRANSACTION,
            "idle-in-transaction",
            settings.idle_in_transaction.total_seconds(),
            Level.MEDIUM,
            "A session holds a transaction open without doing anything: it keeps locks, and vacuum from its work.",
        )
        self._above(
            Metric.PREPARED_TRANSACTION,
            "prepared-transaction",
            settings.prepared_transaction.total_seconds(),
            Level.MEDIUM,
            "A prepared transaction was left open: it keeps locks, and vacuum from its work, until somebody ends it.",
        )
        self._above(
            Metric.LONGEST_QUERY,
            "longest-query",
            settings.longest_query.total_seconds(),
            Level.MEDIUM,
            "A query runs for longer than any request waits.",
        )
        self._above(Metric.BLOCKED_SESSIONS, "blocked", 0, Level.MEDIUM, "Sessions wait for a lock that is not given.")
        self._above(
            Metric.REPLICATION_LAG,
            "replication-lag",
            settings.replication_lag.total_seconds(),
            Level.MEDIUM,
            "A standby is behind or cut off: a failover now would lose what it has not got.",
        )

    def _alarm_on_exhaustion(self) -> None:
        settings = self._settings
        for metric, name, limit, last_limit, what in (
            (
                Metric.TRANSACTION_IDS_USED,
                "transaction-ids",
                settings.transaction_ids_percent,
                settings.transaction_ids_critical_percent,
                "Transaction ids run out: at 100 % the server stops writing. Vacuum does not keep up.",
            ),
            (
                Metric.SEQUENCE_USED,
                "sequence",
                settings.sequence_percent,
                settings.sequence_critical_percent,
                "A sequence nears its end: then no row can be inserted.",
            ),
        ):
            first_level = Level.HIGH if metric is Metric.TRANSACTION_IDS_USED else Level.MEDIUM
            self._above(metric, name, limit, first_level, what)
            self._above(metric, f"{name}-critical", last_limit, Level.CRITICAL, what)
        self._above(
            Metric.INACTIVE_SLOTS,
            "inactive-slots",
            settings.inactive_slots,
            Level.HIGH,
            "Nobody reads from a replication slot, or its reader confirms nothing: the log kept for it fills the disk.",
        )

    def _alarm_on_faults(self) -> None:
        settings = self._settings
        self._above(
            Metric.CHECKSUM_FAILURES,
            "checksum-failures",
            settings.checksum_failures,
            Level.CRITICAL,
            "The storage returned something else than was written: data is damaged.",
            breaches=1,
        )
        self._above(
            Metric.DEADLOCKS,
            "deadlocks",
            settings.deadlocks,
            Level.MEDIUM,
            "Requests failed because sessions waited for each other.",
            breaches=1,
        )
        self._above(
            Metric.DATABASE_FINDINGS,
            "findings",
            0,
            Level.LOW,
            "Tables need a vacuum, an index is invalid, or a grant is missing.",
        )

    def _above(
        self,
        metric: Metric,
        name: str,
        threshold: float,
        level: Level,
        meaning: str,
        *,
        breaches: int = 2,
        missing: Missing = Missing.NOT_BREACHING,
    ) -> None:
        self._alarms.add(
            self,
            name,
            self._metric(metric, Statistic.MAXIMUM),
            subject="database",
            threshold=threshold,
            breaches=breaches,
            level=level,
            runbook=Runbook.DATABASE_TROUBLE,
            missing=missing,
            meaning=meaning,
            first_look="the newest 'database checked' line in the log of database_check: it names the objects",
            section=Section.DATABASE,
        )

    def _metric(self, metric: Metric, statistic: Statistic) -> aws_cloudwatch.IMetric:
        return self._alarms.metric(
            metric, period=self._interval, statistic=statistic, **{Dimension.DATABASE: self._settings.database}
        )
