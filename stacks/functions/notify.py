"""The function that writes alerts for people and channels, with its queue and its table."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from aws_cdk import (
    Duration,
    aws_cloudwatch,
    aws_dynamodb,
    aws_lambda_event_sources,
    aws_sns,
    aws_sns_subscriptions,
    aws_sqs,
)
from constructs import Construct

from lambdas.notify.channel import Channel, Store
from lambdas.notify.settings import BATCH, Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.notices import EXPIRES_AT, IDENTIFIER, INCIDENTS, NOTICES_TABLE, RECORD, SNS
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import AlarmSpec, Missing, Section, Statistic, own_metric
from stacks.functions.incident import channel_of_incidents
from stacks.platform.arns import arn_of_function
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.resources.state_tables import passing_table, text
from stacks.settings import Environment

TIMEOUT = Duration.seconds(30)
VISIBILITY = Duration.seconds(6 * 30)  # six times the function's, as Lambda asks of a queue that invokes it
TRIES = 5
AT_ONCE = 5  # invocations: channels do not wait for each other, and a storm does not use up the account's functions
KEPT = Duration.days(1)
WAITED_TOO_LONG = Duration.minutes(20)  # the longest delay of a retry is 15


class Notify(Construct):
    """`table` has the deliveries."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        topics: dict[Level, aws_sns.Topic],
        people: aws_sns.Topic,
        dead_letters: aws_sqs.IQueue,
    ) -> None:
        super().__init__(scope, "Notify")
        self.environment = platform.environment
        self.posted = [channel.rendered_for() for channel in self.environment.alerts.rendered]
        self.people = people
        self.table = self._table()
        self.queue = self._queue(dead_letters)
        for topic in topics.values():
            topic.add_subscription(aws_sns_subscriptions.SqsSubscription(self.queue))
        self._function(platform)
        for spec in self._alarm_rows():
            platform.make_alarms(Construct(self, spec.full_name), [spec])

    def _table(self) -> aws_dynamodb.Table:
        return passing_table(
            self,
            "Table",
            physical_name(self.environment, NOTICES_TABLE),
            "What it holds is of use for hours: a restored copy would tell people old alerts.",
            partition_key=text(RECORD),
            sort_key=text(IDENTIFIER),
            time_to_live_attribute=EXPIRES_AT,
        )

    def _queue(self, dead_letters: aws_sqs.IQueue) -> aws_sqs.Queue:
        return aws_sqs.Queue(
            self,
            "Queue",
            queue_name=physical_name(self.environment, NOTICES_TABLE),
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=KEPT,
            visibility_timeout=VISIBILITY,
            dead_letter_queue=aws_sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=TRIES),
        )

    def _function(self, platform: Platform) -> None:
        alerts = self.environment.alerts
        sns = Channel(SNS, SNS, tuple(Level), url=self.people.topic_arn)
        incidents, on_call = channel_of_incidents(self.environment), self.environment.on_call
        quiet = on_call.quiet_hours if on_call else None
        own = [sns, *([incidents] if incidents else [])]
        notify = MonitoringFunction(
            self,
            "notify",
            settings=Settings(
                environment=self.environment.name,
                table=self.table.table_name,
                queue_url=self.queue.queue_url,
                channels=tuple(channel.to_json() for channel in (*own, *self.posted)),
                group_critical=timedelta(seconds=alerts.group_critical_seconds),
                group_others=timedelta(seconds=alerts.group_seconds),
                new_alarm=timedelta(minutes=alerts.new_alarm_minutes),
                give_up=timedelta(minutes=alerts.give_up_minutes),
                quiet_hours=quiet,
                timezone=on_call.timezone if on_call and quiet else None,
            ),
            platform=platform,
            layers=[platform.layers.time_zones] if quiet else [],
            memory=512,
            timeout=TIMEOUT,
            runbook=Runbook.CHANNEL_FAILED,
        )
        reads = ["dynamodb:GetItem", "dynamodb:Query"]
        notify.allow([*reads, "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], [self.table.table_arn])
        notify.allow(["sqs:SendMessage"], [self.queue.queue_arn])
        notify.allow(["sns:Publish"], [self.people.topic_arn])
        for channel in self.posted:
            if channel.store is Store.PARAMETER:
                notify.allow_to_read_parameter(channel.secret)
            else:
                notify.allow_to_read_secret(channel.secret)
        if incidents:
            notify.allow(["lambda:InvokeFunction"], [arn_of_function(self, incidents.url)])
        notify.function.add_event_source(
            aws_lambda_event_sources.SqsEventSource(
                self.queue, batch_size=BATCH, report_batch_item_failures=True, max_concurrency=AT_ONCE
            )
        )

    def _alarm_rows(self) -> Iterator[AlarmSpec]:
        row = partial(
            AlarmSpec,
            level=Level.HIGH,
            runbook=Runbook.CHANNEL_FAILED,
            missing=Missing.NOT_BREACHING,
            section=Section.ITSELF,
        )
        incidents = [INCIDENTS] if self.environment.on_call else []
        # That of e-mails and text messages stands with the daily look at who subscribes.
        for channel in [*(channel.name for channel in self.posted), *incidents]:
            yield row(
                subject=f"channel-{channel}",
                name="failed",
                metric=metric_of_failures(self.environment, channel),
                threshold=0,
                meaning=f"Channel {channel} did not take an alert.",
                first_look=f'"not delivered" in /aws/lambda/{physical_name(self.environment, "notify")}',
            )
        yield row(
            subject="notices",
            name="waiting",
            metric=self.queue.metric_approximate_age_of_oldest_message(
                period=Duration.minutes(5), statistic=Statistic.MAXIMUM
            ),
            threshold=WAITED_TOO_LONG.to_seconds(),
            meaning="Alerts wait and nobody delivers them.",
            first_look="the function notify: its errors, throttles and event source mapping",
        )


def metric_of_failures(environment: Environment, channel: str) -> aws_cloudwatch.Metric:
    """Alerts that a channel did not take."""
    return own_metric(
        environment,
        Metric.CHANNEL_FAILED,
        of={Dimension.CHANNEL: channel},
        period=Duration.minutes(5),
        statistic=Statistic.SUM,
    )
