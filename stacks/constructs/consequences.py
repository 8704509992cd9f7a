"""Alarms that follow from another alarm's cause, told as one, and not while their cause is told."""

from collections.abc import Sequence

from aws_cdk import Duration, aws_cloudwatch
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook
from stacks.constructs.alarms import Alarms, Section


def alarm_on_failing_api(
    scope: Construct,
    parts: Sequence[aws_cloudwatch.IAlarm],
    *,
    alarms: Alarms,
    database_down: aws_cloudwatch.IAlarm,
    down_within: Duration,
    level: Level = Level.CRITICAL,
) -> aws_cloudwatch.CompositeAlarm:
    """`api-failing`: any of `parts`, made with `delivers=False`, unless the database is what fails."""
    any_of = [aws_cloudwatch.AlarmRule.from_alarm(part, aws_cloudwatch.AlarmState.ALARM) for part in parts]
    return alarms.add_composite(
        scope,
        "failing",
        aws_cloudwatch.AlarmRule.any_of(*any_of),
        subject="api",
        unless=database_down,
        cause_within=down_within,
        over_within=down_within,
        level=level,
        runbook=Runbook.HIGH_ERROR_RATE,
        meaning="The API answers too many requests with an error, and the database is not the cause.",
        first_look="which route and which release, in the saved query 'errors by route'",
        section=Section.USERS,
    )
