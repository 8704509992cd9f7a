"""Test alerts as they end: `send_test_alert` runs; only SNS and the record of deliveries are made up."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from unittest import mock

from lambdas.test_alert.answers import NO_ANSWER, Answer
from lambdas.test_alert.handed_over import UNCONFIRMED
from lambdas.test_alert.recipients import Recipients
from lambdas.test_alert.settings import Settings
from lambdas.test_alert.test_alert import Dependencies, send_test_alert
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Outcome
from tests.producers import Deployment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def good(deployment: Deployment) -> None:
    _test(deployment, Outcome.DELIVERED, seconds=3.0, subscription="arn:aws:sns:us-east-1:000000000000:alerts:1")


def worst(deployment: Deployment) -> None:
    _test(deployment, Outcome.DELIVERED, seconds=90.0, subscription=UNCONFIRMED)
    _test(deployment, NO_ANSWER, seconds=None, subscription=UNCONFIRMED)


def _test(deployment: Deployment, outcome: str, *, seconds: float | None, subscription: str) -> None:
    topics = [f"arn:aws:sns:us-east-1:000000000000:alerts-{level}" for level in Level]
    settings = Settings.from_environment(deployment.variables["test_alert"] | {"TOPICS": json.dumps(topics)})
    deliveries = SimpleNamespace(
        answers=lambda _notice, channels, _deadline: [Answer(channel, outcome, seconds) for channel in channels]
    )
    for level in Level:
        sns = mock.Mock()
        subscribed = _subscribed(settings.recipients_of(level), subscription)
        sns.get_paginator.return_value.paginate.return_value = [subscribed]
        send_test_alert(
            settings, Dependencies(sns, deliveries), level=level, requested_by="the producer", clock=lambda: NOW
        )


def _subscribed(recipients: Recipients, arn: str) -> dict:
    """A page of SNS's that has all whom the settings name."""
    wanted = {"email": recipients.email, "sms": recipients.sms, "https": recipients.https}
    return {
        "Subscriptions": [{"Protocol": name, "SubscriptionArn": arn} for name in wanted for _ in range(wanted[name])]
    }
