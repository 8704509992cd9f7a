"""What follows from another alarm's cause: told as one, and not while its cause is told."""

from aws_cdk import Duration, aws_cloudwatch
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.api import ApiAlarms
from stacks.alarms.spec import Alarms, Section


def alarm_on_failing_api(
    scope: Construct,
    api: ApiAlarms,
    *,
    alarms: Alarms,
    database_down: aws_cloudwatch.IAlarm,
    down_within: Duration,
) -> aws_cloudwatch.CompositeAlarm:
    """`api-failing`, unless the database is what fails.

    It waits for as long as it takes to see that the database is down.  What is critical is told besides, at once and by
    itself: were this one kept from alarm then, people would be told that the API recovers when it gets worse.
    """
    return alarms.add_composite(
        scope,
        "failing",
        api.failing,
        subject="api",
        suppressor=database_down,
        wait_period=down_within,
        extension_period=down_within,
        level=Level.HIGH,
        runbook=Runbook.HIGH_ERROR_RATE,
        meaning="The API answers too many requests with an error, and the database is not the cause.",
        first_look="which route and which release, in the saved query 'errors by route'",
        section=Section.USERS,
    )
