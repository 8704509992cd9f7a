"""What follows from another alarm's cause: told as one, and not while its cause is told."""

from aws_cdk import Duration, aws_cloudwatch
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook
from stacks.constructs.alarms import Alarms, Section
from stacks.constructs.api_alarms import ApiAlarms

ALARM = aws_cloudwatch.AlarmState.ALARM
any_of, from_alarm = aws_cloudwatch.AlarmRule.any_of, aws_cloudwatch.AlarmRule.from_alarm


def alarm_on_failing_api(
    scope: Construct,
    api: ApiAlarms,
    *,
    alarms: Alarms,
    database_down: aws_cloudwatch.IAlarm,
    down_within: Duration,
) -> aws_cloudwatch.CompositeAlarm:
    """`api-failing`, unless it fails critically or the database is what fails.

    It waits for as long as it takes to see that the database is down; what is critical is told at once, by itself.
    """
    failing, critically = (
        any_of(*(from_alarm(part, ALARM) for part in parts)) for parts in (api.failing, api.failing_critically)
    )
    return alarms.add_composite(
        scope,
        "failing",
        aws_cloudwatch.AlarmRule.all_of(failing, aws_cloudwatch.AlarmRule.not_(critically)),
        subject="api",
        unless=database_down,
        cause_within=down_within,
        over_within=down_within,
        level=Level.HIGH,
        runbook=Runbook.HIGH_ERROR_RATE,
        meaning="The API answers too many requests with an error, and the database is not the cause.",
        first_look="which route and which release, in the saved query 'errors by route'",
        section=Section.USERS,
    )
