"""Whether RDS's own backups come through their drill, and whether a drill leaves something behind that is paid for."""

from collections.abc import Iterator
from functools import partial

from aws_cdk import Duration

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import AlarmSpec, Missing, Section, Statistic, own_metric
from stacks.settings import Environment

_row = partial(
    AlarmSpec,
    subject="recovery",
    section=Section.RECOVERY,
    threshold=0,
    level=Level.HIGH,
    runbook=Runbook.POINT_IN_TIME_DRILL,
    missing=Missing.NOT_BREACHING,  # both are sent when there is something to say
)


def point_in_time_alarms(environment: Environment) -> Iterator[AlarmSpec]:
    of: dict[str, str] = {Dimension.DATABASE: environment.database.name}
    yield _row(
        name="point-in-time-failed",
        metric=own_metric(
            environment,
            Metric.POINT_IN_TIME_DRILL_FAILED,
            of=of,
            period=Duration.minutes(5),
            statistic=Statistic.MAXIMUM,
        ),
        meaning="RDS's own backups did not come through their drill, or not within the recovery time objective.",
        first_look="the findings of the newest point-in-time drill: ops backup drills",
    )
    yield _row(
        name="drill-left",
        metric=own_metric(
            environment, Metric.DRILL_INSTANCE_LEFT, of=of, period=Duration.hours(1), statistic=Statistic.MAXIMUM
        ),
        meaning="A drill's temporary instance is still there after half a day, and costs money by the hour.",
        first_look="why RDS does not delete it: its status and events, then the log of point_in_time_drill",
    )
