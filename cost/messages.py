"""Schedules, events, topics and queues."""

from collections.abc import Iterator, Mapping
from typing import Any

from cost.assumptions import HOURS, Assumptions
from cost.errors import CostError
from cost.functions import events_a_month
from cost.prices import Price
from cost.templates import Templates
from cost.use import Use
from stacks.settings.schedule import runs_a_month

_DELIVERIES = {
    "email": Price.EMAILS,
    "email-json": Price.EMAILS,
    "https": Price.HTTPS_DELIVERIES,
    "sms": Price.SMS,
    "lambda": None,  # free
    "sqs": None,
}
_POLLS_A_MONTH = 5 * HOURS * 3600 / 20
"""Of a queue by Lambda: five pollers, each waiting for twenty seconds."""


def uses_of_messages(templates: Templates, assumptions: Assumptions) -> Iterator[Use]:
    """Raises CostError for a subscription by a protocol whose price is not known."""
    for schedule in templates.of_type("AWS::Scheduler::Schedule"):
        name = str(schedule.properties["Name"])
        yield Use(Price.SCHEDULES, runs_a_month(schedule.properties["ScheduleExpression"]), name)
    for rule in templates.of_type("AWS::Events::Rule"):
        if "EventPattern" in rule.properties:
            yield Use(Price.EVENTS, events_a_month(templates, rule, assumptions), str(rule.properties["Name"]))
    topics = templates.of_type("AWS::SNS::Topic")
    for topic in topics:
        yield Use(Price.NOTIFICATIONS, assumptions.alerts / len(topics), str(topic.properties["TopicName"]))
    for subscription in templates.of_type("AWS::SNS::Subscription"):
        protocol = subscription.properties["Protocol"]
        if protocol not in _DELIVERIES:
            raise CostError(f"{subscription} delivers by {protocol!r}: say in cost/messages.py what that costs")
        if price := _DELIVERIES[protocol]:
            yield Use(price, assumptions.alerts / len(topics), str(subscription.properties["Endpoint"]))
    if any(_needs_a_number(subscription.properties) for subscription in templates.of_type("AWS::SNS::Subscription")):
        yield Use(Price.SMS_NUMBER, 1, "without it SNS accepts such messages and delivers none")
    for queue in templates.of_type("AWS::SQS::Queue"):
        polled = sum(
            queue in templates.referred_to(mapping.stack, mapping.properties["EventSourceArn"])
            for mapping in templates.of_type("AWS::Lambda::EventSourceMapping")
        )
        yield Use(Price.QUEUE_REQUESTS, polled * _POLLS_A_MONTH, str(queue.properties.get("QueueName")))


def uses_of_apis(templates: Templates, assumptions: Assumptions) -> Iterator[Use]:
    for api in templates.of_type("AWS::ApiGatewayV2::Api"):
        yield Use(Price.API_REQUESTS, assumptions.errors, str(api.properties["Name"]))


def _needs_a_number(subscription: Mapping[str, Any]) -> bool:
    """Whether it is by text message to the United States: elsewhere SNS finds one by itself, or a name will do."""
    return bool(subscription["Protocol"] == "sms" and str(subscription["Endpoint"]).startswith("+1"))
