"""Alarms of the fake account."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from tests.unit.lambdas.checklist.accounts import AT

ARN = "arn:aws:sns:us-east-1:123456789012:"
TOPIC = f"{ARN}junkos-prod-alerts-high"
PEOPLE = f"{ARN}junkos-prod-people"
SUBSCRIBED = {"Subscriptions": [{"SubscriptionArn": f"{TOPIC}:1", "Protocol": "sqs"}]}
MAIL = {"SubscriptionArn": f"{PEOPLE}:1", "Protocol": "email"}


def alarm(name: str, **of: Any) -> dict[str, Any]:
    return {
        "AlarmName": f"junkos-prod-{name}",
        "StateValue": "OK",
        "StateTransitionedTimestamp": AT - timedelta(days=9),
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        **of,
    }


def part(name: str, **of: Any) -> dict[str, Any]:
    """One that delivers by a composite alarm alone."""
    return alarm(name, AlarmActions=[], **of)


def composite(name: str, parts: Iterable[str], **of: Any) -> dict[str, Any]:
    region = "arn:aws:cloudwatch:us-east-1:123456789012:alarm"
    return alarm(name, AlarmRule=" OR ".join(f'ALARM("{region}:junkos-prod-{each}")' for each in parts), **of)


def alarms(*metric: dict[str, Any], composites: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    return {"MetricAlarms": list(metric), "CompositeAlarms": list(composites)}


def on_outage(endpoint: str = "api") -> dict[str, Any]:
    return alarm(f"endpoint-{endpoint}-down", MetricName="up", Dimensions=[{"Name": "endpoint", "Value": endpoint}])
