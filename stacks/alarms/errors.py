"""What is alarmed about errors: how many there are, and whether all of them are seen."""

from collections.abc import Callable, Iterator
from functools import partial

from aws_cdk import Duration, aws_sqs

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import AlarmSpec, Missing, Section, Statistic, own_metric
from stacks.settings import Environment

WAITED_TOO_LONG = Duration.minutes(15)


def error_alarms(environment: Environment, queue: aws_sqs.IQueue) -> Iterator[AlarmSpec]:
    """Rates only where a client sends errors: those of the API's log are counted by the alarms on the API."""
    row = partial(AlarmSpec, subject="errors", runbook=Runbook.ERRORS, missing=Missing.NOT_BREACHING)
    if environment.errors.projects:
        yield from _rates(environment, partial(row, section=Section.USERS))
    yield row(
        name="dropped",
        metric=own_metric(environment, Metric.ERRORS_DROPPED, period=Duration.minutes(5), statistic=Statistic.SUM),
        threshold=0,
        level=Level.LOW,
        section=Section.ITSELF,
        meaning="Errors were counted and not kept: above the quota, refused by the scrubber, or dropped by a client.",
        first_look='"errors dropped" in the log of error_digest: how many, and why',
    )
    yield row(
        name="waiting",
        metric=queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(5), statistic=Statistic.MAXIMUM),
        threshold=WAITED_TOO_LONG.to_seconds(),
        level=Level.HIGH,
        section=Section.ITSELF,
        meaning="Errors wait, and nothing groups them.",
        first_look=f"the function error_digest, and the queue {physical_name(environment, 'errors')}",
    )


def _rates(environment: Environment, row: Callable[..., AlarmSpec]) -> Iterator[AlarmSpec]:
    settings = environment.errors
    for name, threshold, level, remark in (
        ("many", settings.per_minute_high, Level.HIGH, ""),
        ("flood", settings.per_minute_critical, Level.CRITICAL, ": the service is failing"),
    ):
        yield row(
            name=name,
            metric=own_metric(environment, Metric.ERRORS_TRACKED, period=Duration.minutes(1), statistic=Statistic.SUM),
            threshold=threshold,
            level=level,
            meaning=f"More than {threshold} errors in one minute{remark}.",
            first_look=f"ops {environment.name} errors list: what is new, and in which release",
        )
