"""Where alarms go: one topic per level, the function that writes for people, and the people."""

from collections.abc import Iterable
from typing import Any

from aws_cdk import (
    Stack,
    aws_chatbot,
    aws_cloudwatch_actions,
    aws_iam,
    aws_sns,
    aws_sns_subscriptions,
)
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from stacks.alarms.functions import alarms_on_any_function
from stacks.alarms.spec import Alarms
from stacks.alarms.text_messages import alarm_on_lost_messages
from stacks.functions.notify import Notify
from stacks.functions.test_alert import TestAlert
from stacks.platform.dead_letters import environments_queue
from stacks.platform.logs import log_key
from stacks.platform.platform import Platform
from stacks.resources.people import people_topic, reach_people_directly
from stacks.settings import Environment
from stacks.settings.channels import SlackChannel


class AlertingStack(Stack):
    """`alarms` makes alarms that reach the environment's people."""

    def __init__(self, scope: Construct, identifier: str, *, environment: Environment, **stack: Any) -> None:
        super().__init__(scope, identifier, **stack)
        if environment.log_encryption:
            log_key(self)  # here, as every stack comes after this one
        self.topics = {level: self._topic(environment, level) for level in Level}
        dead_letters = environments_queue(self, environment)
        self.alarms = Alarms(environment, self.topics, dead_letters)
        self.alarms.make(Construct(self, "Functions"), alarms_on_any_function(environment, dead_letters))
        people = people_topic(self, environment)
        if environment.alerts.numbers(*Level):
            self.alarms.make(Construct(self, "Deliveries"), [alarm_on_lost_messages(environment)])
        if environment.alerts.cloudwatch_mail:
            reach_people_directly(self, environment, self.topics)
        for channel in environment.alerts.slack:
            self._reach_slack(environment, channel)
        platform = Platform.of(self, environment, self.alarms)
        notify = Notify(self, platform=platform, topics=self.topics, people=people, dead_letters=dead_letters)
        TestAlert(self, platform=platform, topics=self.topics, people=people, table=notify.table)
        self._tell_of_the_alerting_itself(environment)

    def _topic(self, environment: Environment, name: str) -> aws_sns.Topic:
        topic = aws_sns.Topic(
            self,
            name.title(),
            topic_name=physical_name(environment, f"alerts-{name}"),
            display_name=f"{environment.names.title} {environment.name}: {name}",
            enforce_ssl=True,
        )
        alarms = aws_iam.ServicePrincipal(
            "cloudwatch.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": self.account}}
        )
        topic.grant_publish(alarms)  # of this account alone: CloudWatch would tell us those of any other
        return topic

    def _tell_of_the_alerting_itself(self, environment: Environment) -> None:
        """All alarms of this stack say that alerts may not arrive: CloudWatch sends them by e-mail itself, too.

        No function of this system stands between them and people.
        """
        fallback = self._topic(environment, "fallback")
        for address in environment.alerts.email:
            fallback.add_subscription(aws_sns_subscriptions.EmailSubscription(address))
        for watched in self.alarms.watched:
            watched.alarm.add_alarm_action(aws_cloudwatch_actions.SnsAction(fallback))

    def _reach_slack(self, environment: Environment, channel: SlackChannel) -> None:
        aws_chatbot.SlackChannelConfiguration(
            self,
            f"Slack-{channel.name}",
            slack_channel_configuration_name=physical_name(environment, channel.name),
            slack_workspace_id=channel.workspace_id,
            slack_channel_id=channel.channel_id,
            notification_topics=_of(self.topics, channel.levels),
            # Without a guardrail AWS lets whoever is in the channel do all that its role may.
            guardrail_policies=[aws_iam.ManagedPolicy.from_aws_managed_policy_name("CloudWatchReadOnlyAccess")],
        )


def _of(topics: dict[Level, aws_sns.Topic], levels: Iterable[Level]) -> list[aws_sns.ITopic]:
    return [topics[level] for level in levels]
