"""Text messages and e-mails that SNS took and did not deliver."""

from aws_cdk import Duration, aws_cloudwatch

from lambdas.vocabulary.incidents import PAGES
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.notices import PEOPLE
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import AlarmSpec, Missing, Section, Statistic
from stacks.settings import Environment

PERIOD = Duration.minutes(5)
DAY = 24 * 60 // 5  # in periods


def alarm_on_lost_messages(environment: Environment, subject: str = "deliveries", topic: str = PEOPLE) -> AlarmSpec:
    """SNS accepts a message to the US without a number to send it from, and only this metric says that it failed.

    The metric has the topic's name as its dimension: the one that is named by a telephone number counts only what is
    published to that directly (https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html).
    E-mails that could not be delivered are counted with the text messages.
    """
    return AlarmSpec(
        subject=subject,
        name="failed",
        metric=aws_cloudwatch.Metric(
            namespace="AWS/SNS",
            metric_name="NumberOfNotificationsFailed",
            dimensions_map={"TopicName": physical_name(environment, topic)},
            period=PERIOD,
            statistic=Statistic.SUM,
        ),
        threshold=0,
        # It ends a day after the last failure: where this very level is texted, each change of it fails as well.
        breaches=1,
        periods=DAY,
        level=Level.HIGH,
        runbook=Runbook.CHANNEL_FAILED,
        missing=Missing.NOT_BREACHING,
        meaning=f"SNS did not deliver {'a page' if topic == PAGES else 'an alert'}: a text message, or an e-mail.",
        first_look="whether the account has a number that text messages to this country may come from",
        section=Section.ITSELF,
    )
