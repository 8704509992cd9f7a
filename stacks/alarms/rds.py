"""What is alarmed about the RDS instance by RDS's own metrics: whether it runs out of anything.

Thresholds come from the instance's class and storage.  Transaction ids are left to the database check, whose threshold
is the same: it counts multixacts too, has a second alarm before the end, and names the tables.

An instance that is down reports nothing at all.  Of the alarms that take its silence for one only `rds-saturated` is
sent, and that not while the database is known to be down.
"""

from collections.abc import Iterator
from functools import partial

from aws_cdk import Duration, aws_cloudwatch

from lambdas.database_check.checks import CONNECTIONS
from lambdas.vocabulary.instance_classes import GIBIBYTE
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.database_outage import DATABASE_UNREACHABLE, noticed_within
from stacks.alarms.spec import BELOW, AlarmSpec, CompositeSpec, Missing, Section, Statistic
from stacks.settings import CreatedDatabase, Environment, ExistingDatabase

PERIOD = Duration.minutes(5)
CPU = 80  # percent
FREE_STORAGE, FREE_STORAGE_CRITICAL = 0.2, 2 * 1000**3  # of what is allocated; bytes
FREE_MEMORY = 0.1
LATENCY = 0.02  # seconds
LATENCIES = ("read-latency", "write-latency")
"""Alarms that a snapshot of the storage can set off."""
RETURNING = Duration.minutes(15)  # until RDS's metrics of an instance that is back are good for two or three periods

row_of_rds = partial(
    AlarmSpec,
    subject="rds",
    level=Level.MEDIUM,
    runbook=Runbook.DATABASE_CAPACITY,
    missing=Missing.NOT_BREACHING,  # silence is the business of `rds-saturated`, once
    section=Section.DATABASE,
)
_part = partial(
    row_of_rds,
    level=Level.HIGH,
    missing=Missing.BREACHING,
    first_look="the metric's last day on the dashboard: a leak, a slope or a step",
    delivers=False,
)


def rds_alarms(
    environment: Environment, database: CreatedDatabase | ExistingDatabase, identifier: str
) -> Iterator[AlarmSpec | CompositeSpec]:
    yield from _alarms_on_saturation(environment, database, identifier)
    yield row_of_rds(
        name="free-storage-critical",
        metric=metric_of_rds(identifier, "FreeStorageSpace", Statistic.MINIMUM),
        comparison=BELOW,
        threshold=FREE_STORAGE_CRITICAL,
        level=Level.CRITICAL,
        # A full instance stops, and with it the metric: that must not look like a recovery.
        missing=Missing.IGNORE,
        meaning="Less than 2 GB of storage are free: RDS stops an instance whose storage is full.",
        first_look="FreeStorageSpace of the last day: a slope is data, a step is a query's temporary files",
    )
    waits = "Database Insights: what the sessions wait for, by statement"
    yield row_of_rds(
        name="cpu",
        metric=metric_of_rds(identifier, "CPUUtilization"),
        threshold=CPU,
        breaches=2,
        meaning="The processors are more than 80 % busy.",
        first_look=waits,
    )
    yield row_of_rds(
        name="load",
        metric=metric_of_rds(identifier, "DBLoad"),
        threshold=database.capacity.vcpus,
        breaches=3,
        meaning="More sessions want to work than there are processors: requests queue inside the database.",
        first_look=waits,
    )
    for name in LATENCIES:
        direction = name.removesuffix("-latency")
        yield row_of_rds(
            name=name,
            metric=metric_of_rds(identifier, f"{direction.title()}Latency", aws_cloudwatch.Stats.percentile(90)),
            threshold=LATENCY,
            breaches=5,
            meaning=f"One storage {direction} in ten takes longer than 20 ms.",
            first_look="IOPS and throughput against what the storage and the class allow",
        )


def _alarms_on_saturation(
    environment: Environment, database: CreatedDatabase | ExistingDatabase, identifier: str
) -> Iterator[AlarmSpec | CompositeSpec]:
    """Three parts, which deliver by the composite alarm alone."""
    connections = database.max_connections or database.capacity.max_connections
    yield _part(
        name="free-storage",
        metric=metric_of_rds(identifier, "FreeStorageSpace", Statistic.MINIMUM),
        comparison=BELOW,
        threshold=FREE_STORAGE * database.allocated_storage_gb * GIBIBYTE,
        breaches=2,
        meaning="FreeStorageSpace is below its limit, or RDS does not report it.",
    )
    yield _part(
        name="free-memory",
        metric=metric_of_rds(identifier, "FreeableMemory"),
        comparison=BELOW,
        threshold=FREE_MEMORY * database.capacity.usable_memory,
        breaches=3,
        meaning="FreeableMemory is below its limit, or RDS does not report it.",
    )
    yield _part(
        name="connections",
        metric=metric_of_rds(identifier, "DatabaseConnections"),
        threshold=connections * environment.database_check.limit(CONNECTIONS.thresholds[0]) / 100,
        breaches=2,
        meaning="DatabaseConnections is above its limit, or RDS does not report it.",
    )
    yield CompositeSpec(
        subject="rds",
        name="saturated",
        parts=("rds-free-storage", "rds-free-memory", "rds-connections"),
        suppressor=DATABASE_UNREACHABLE,
        wait_period=noticed_within(environment),
        extension_period=RETURNING,
        level=Level.HIGH,
        runbook=Runbook.DATABASE_CAPACITY,
        meaning="The instance runs out of storage, memory or connections, or RDS reports nothing of it.",
        first_look="which of rds-free-storage, rds-free-memory and rds-connections is in alarm",
        section=Section.DATABASE,
    )


def metric_of_rds(identifier: str, name: str, statistic: str = Statistic.AVERAGE) -> aws_cloudwatch.Metric:
    return aws_cloudwatch.Metric(
        namespace="AWS/RDS",
        metric_name=name,
        dimensions_map={"DBInstanceIdentifier": identifier},
        period=PERIOD,
        statistic=statistic,
    )
