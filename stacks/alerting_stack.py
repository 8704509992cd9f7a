"""Where alarms go: one topic per level, and the people who read it."""

from typing import Any

from aws_cdk import Stack, aws_iam, aws_sns, aws_sns_subscriptions
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from stacks.constructs.alarms import Alarms
from stacks.constructs.dead_letters import alarm_on_dead_letters, environments_queue
from stacks.constructs.logs import log_key
from stacks.settings import Environment


class AlertingStack(Stack):
    """`alarms` makes alarms that reach the environment's people."""

    def __init__(self, scope: Construct, identifier: str, *, environment: Environment, **stack: Any) -> None:
        super().__init__(scope, identifier, **stack)
        if environment.log_encryption:
            log_key(self)  # here, as every stack comes after this one
        self.topics = {level: self._topic(environment, level) for level in Level}
        for topic in self.topics.values():
            for address in environment.alerts.email:
                topic.add_subscription(aws_sns_subscriptions.EmailSubscription(address))
        dead_letters = environments_queue(self, environment)
        self.alarms = Alarms(environment, self.topics, dead_letters)
        alarm_on_dead_letters(self, dead_letters, self.alarms)

    def _topic(self, environment: Environment, level: Level) -> aws_sns.Topic:
        topic = aws_sns.Topic(
            self,
            level.title(),
            topic_name=physical_name(environment.name, f"alerts-{level}"),
            display_name=f"JunkOS {environment.name}: {level}",
            enforce_ssl=True,
        )
        topic.grant_publish(aws_iam.ServicePrincipal("cloudwatch.amazonaws.com"))
        return topic
