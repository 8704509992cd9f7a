"""E-mail addresses and telephone numbers, as subscriptions of SNS."""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_sns, aws_sns_subscriptions
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.notices import LEVEL, PEOPLE
from stacks.settings import Environment

# A new alarm comes from no data to OK: that is nothing to send.  https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
RAISED_OR_RECOVERED = {"$or": [{"NewStateValue": ["ALARM"]}, {"OldStateValue": ["ALARM"]}]}


def people_topic(scope: Construct, environment: Environment) -> aws_sns.Topic:
    """The topic to which `notify` publishes what it has written; each subscription is sent its levels only."""
    topic = aws_sns.Topic(
        scope,
        "People",
        topic_name=physical_name(environment, PEOPLE),
        display_name=f"{environment.names.title} {environment.name}",
        enforce_ssl=True,
    )
    alerts = environment.alerts
    for address in alerts.addresses(*Level):
        levels = _filter(level for level in Level if address in alerts.addresses(level))
        topic.add_subscription(aws_sns_subscriptions.EmailSubscription(address, filter_policy=levels))
    for number in alerts.numbers(*Level):
        levels = _filter(level for level in Level if number in alerts.numbers(level))
        topic.add_subscription(aws_sns_subscriptions.SmsSubscription(number, filter_policy=levels))
    return topic


def _filter(levels: Iterable[Level]) -> dict[str, aws_sns.SubscriptionFilter] | None:
    wanted = list(levels)
    if len(wanted) == len(Level):
        return None
    return {LEVEL: aws_sns.SubscriptionFilter.string_filter(allowlist=[level.value for level in wanted])}


def reach_people_directly(scope: Construct, environment: Environment, topics: Mapping[Level, aws_sns.Topic]) -> None:
    """CloudWatch's own messages, too, by SNS itself."""
    for level, topic in topics.items():
        ends = [("email", address) for address in environment.alerts.addresses(level)]
        ends += [("sms", number) for number in environment.alerts.numbers(level)]
        for protocol, end in ends:
            aws_sns.CfnSubscription(
                scope,
                f"Direct-{level}-{protocol}-{end}",
                topic_arn=topic.topic_arn,
                protocol=protocol,
                endpoint=end,
                filter_policy=RAISED_OR_RECOVERED,
                filter_policy_scope="MessageBody",
            )
