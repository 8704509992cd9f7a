"""An alarm on text messages that SNS took and did not deliver."""

from collections.abc import Iterable

from aws_cdk import Duration, aws_cloudwatch
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.constructs.alarms import Alarms, Missing, Section, Statistic

PERIOD = Duration.minutes(5)
DAY = 24 * 60 // 5  # in periods


class TextMessages(Construct):
    """SNS accepts a message to the US without a number to send it from, and only this metric says that it failed.

    The metric has the topic's name as its dimension: the one that is named by a telephone number counts only what is
    published to that directly (https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html).
    E-mails that could not be delivered are counted with the text messages.
    """

    def __init__(self, scope: Construct, *, alarms: Alarms, levels: Iterable[Level]) -> None:
        super().__init__(scope, "TextMessages")
        for level in levels:
            self._watch(alarms, level)

    def _watch(self, alarms: Alarms, level: Level) -> None:
        topic = physical_name(alarms.environment.name, f"alerts-{level}")
        alarms.add(
            self,
            f"{level}-failed",
            aws_cloudwatch.Metric(
                namespace="AWS/SNS",
                metric_name="NumberOfNotificationsFailed",
                dimensions_map={"TopicName": topic},
                period=PERIOD,
                statistic=Statistic.SUM,
            ),
            subject="deliveries",
            threshold=0,
            # It ends a day after the last failure: where this very level is texted, each change of it fails as well.
            breaches=1,
            periods=DAY,
            level=Level.HIGH,
            runbook=Runbook.CHANNEL_FAILED,
            missing=Missing.NOT_BREACHING,
            meaning=f"SNS did not deliver an alert of level {level}: a text message, or an e-mail.",
            first_look="whether the account has a number that text messages to this country may come from",
            section=Section.ITSELF,
        )
