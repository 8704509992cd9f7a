"""How people are paged: one topic, with a subscription for each address and number of a person."""

from aws_cdk import aws_sns, aws_sns_subscriptions, aws_ssm
from constructs import Construct

from lambdas.vocabulary.incidents import PAGES, PERSON, URGENT
from lambdas.vocabulary.names import physical_name
from stacks.settings import Environment
from stacks.settings.on_call import OnCall, OnCallPerson


def pages_topic(scope: Construct, environment: Environment, on_call: OnCall) -> aws_sns.Topic:
    """Each subscription is sent its person's pages only; a text message only what may wake somebody."""
    topic = aws_sns.Topic(
        scope,
        "Pages",
        topic_name=physical_name(environment, PAGES),
        display_name=f"{environment.names.title} {environment.name}",
        enforce_ssl=True,
    )
    for person in on_call.person:
        own = {PERSON: _only(person.name)}
        if person.email:
            topic.add_subscription(aws_sns_subscriptions.EmailSubscription(person.email, filter_policy=own))
        if number := _number(scope, person):
            topic.add_subscription(
                aws_sns_subscriptions.SmsSubscription(number, filter_policy={**own, URGENT: _only("yes")})
            )
    return topic


def _number(scope: Construct, person: OnCallPerson) -> str | None:
    """From the Parameter Store it is read by CloudFormation, when it is deployed."""
    if not person.parameter:
        return person.phone
    return aws_ssm.StringParameter.value_for_string_parameter(scope, person.parameter)


def _only(value: str) -> aws_sns.SubscriptionFilter:
    return aws_sns.SubscriptionFilter.string_filter(allowlist=[value])
