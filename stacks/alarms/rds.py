"""What is alarmed about the RDS instance by RDS's own metrics: whether it runs out of anything."""

from typing import Any

from aws_cdk import Duration, aws_cloudwatch
from constructs import Construct

from lambdas.database_check.checks import CONNECTIONS
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.endpoints import BELOW
from stacks.alarms.rds_burst import alarm_on_bursts
from stacks.alarms.spec import Alarms, Missing, Section, Statistic
from stacks.settings import CreatedDatabase, ExistingDatabase
from stacks.settings.instance_classes import GIBIBYTE

PERIOD = Duration.minutes(5)
CPU = 80  # percent
FREE_STORAGE, FREE_STORAGE_CRITICAL = 0.2, 2 * 1000**3  # of what is allocated; bytes
FREE_MEMORY = 0.1
LATENCY = 0.02  # seconds
RETURNING = Duration.minutes(15)  # until RDS's metrics of an instance that is back are good for two or three periods


class RdsAlarms(Construct):
    """Thresholds come from the instance's class and storage; `down` is the alarm on a database that does not answer.

    Transaction ids are left to the database check, whose threshold is the same: it counts multixacts too, has a second
    alarm before the end, and names the tables.

    An instance that is down reports nothing at all.  Of the alarms that hear of its silence only one tells anybody,
    `rds-saturated`, and that not while `down` does.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        identifier: str,
        database: CreatedDatabase | ExistingDatabase,
        down: aws_cloudwatch.IAlarm,
        down_within: Duration,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, "Rds")
        self._identifier = identifier
        self._database = database
        self._capacity = database.capacity
        connections = database.max_connections or database.capacity.max_connections
        self._connections_limit = connections * alarms.environment.database_check.limit(CONNECTIONS.thresholds[0]) / 100
        self._alarms = alarms
        self._alarm_on_saturation(down, down_within)
        self._alarm_on_full_storage()
        self._alarm_on_load()
        self._alarm_on_storage_latency()
        alarm_on_bursts(self._add, database)

    def _alarm_on_saturation(self, down: aws_cloudwatch.IAlarm, down_within: Duration) -> None:
        storage = FREE_STORAGE * self._database.allocated_storage_gb * GIBIBYTE
        parts = (
            self._saturated("free-storage", "FreeStorageSpace", storage, 2, Statistic.MINIMUM),
            self._saturated("free-memory", "FreeableMemory", FREE_MEMORY * self._capacity.usable_memory, 3),
            self._saturated("connections", "DatabaseConnections", self._connections_limit, 2),
        )
        self._alarms.add_composite(
            self,
            "saturated",
            parts,
            subject="rds",
            suppressor=down,
            wait_period=down_within,
            extension_period=RETURNING,
            level=Level.HIGH,
            runbook=Runbook.DATABASE_CAPACITY,
            meaning="The instance runs out of storage, memory or connections, or RDS reports nothing of it.",
            first_look="which of rds-free-storage, rds-free-memory and rds-connections is in alarm",
            section=Section.DATABASE,
        )

    def _saturated(
        self, name: str, metric: str, threshold: float, breaches: int, statistic: str = Statistic.AVERAGE
    ) -> aws_cloudwatch.Alarm:
        """A part of `rds-saturated`, by which alone it is told."""
        runs_out = metric != "DatabaseConnections"
        return self._add(
            name,
            metric,
            threshold,
            statistic=statistic,
            breaches=breaches,
            below=runs_out,
            level=Level.HIGH,
            missing=Missing.BREACHING,
            meaning=f"{metric} is {'below' if runs_out else 'above'} its limit, or RDS does not report it.",
            first_look="the metric's last day on the dashboard: a leak, a slope or a step",
            delivers=False,
        )

    def _alarm_on_full_storage(self) -> None:
        self._add(
            "free-storage-critical",
            "FreeStorageSpace",
            FREE_STORAGE_CRITICAL,
            statistic=Statistic.MINIMUM,
            below=True,
            level=Level.CRITICAL,
            # A full instance stops, and with it the metric: that must not look like a recovery.
            missing=Missing.IGNORE,
            meaning="Less than 2 GB of storage are free: RDS stops an instance whose storage is full.",
            first_look="FreeStorageSpace of the last day: a slope is data, a step is a query's temporary files",
        )

    def _alarm_on_load(self) -> None:
        look = "Database Insights: what the sessions wait for, by statement"
        meaning = "The processors are more than 80 % busy."
        self._add("cpu", "CPUUtilization", CPU, breaches=2, meaning=meaning, first_look=look)
        meaning = "More sessions want to work than there are processors: requests queue inside the database."
        self._add("load", "DBLoad", self._capacity.vcpus, breaches=3, meaning=meaning, first_look=look)

    def _alarm_on_storage_latency(self) -> None:
        for name in LATENCIES:
            direction = name.removesuffix("-latency").title()
            self._add(
                name,
                f"{direction}Latency",
                LATENCY,
                statistic=aws_cloudwatch.Stats.percentile(90),
                breaches=5,
                meaning=f"One storage {direction.lower()} in ten takes longer than 20 ms.",
                first_look="IOPS and throughput against what the storage and the class allow",
            )

    def _add(
        self,
        name: str,
        metric: str,
        threshold: float,
        *,
        statistic: str = Statistic.AVERAGE,
        below: bool = False,
        level: Level = Level.MEDIUM,
        missing: Missing = Missing.NOT_BREACHING,  # silence is told by `rds-saturated`, once
        **text: Any,
    ) -> aws_cloudwatch.Alarm:
        above = aws_cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
        return self._alarms.add(
            self,
            name,
            aws_cloudwatch.Metric(
                namespace="AWS/RDS",
                metric_name=metric,
                dimensions_map={"DBInstanceIdentifier": self._identifier},
                period=PERIOD,
                statistic=statistic,
            ),
            subject="rds",
            threshold=threshold,
            comparison=BELOW if below else above,
            level=level,
            runbook=Runbook.DATABASE_CAPACITY,
            missing=missing,
            section=Section.DATABASE,
            **text,
        )


LATENCIES = ("read-latency", "write-latency")
"""Alarms that a snapshot of the storage can set off."""
