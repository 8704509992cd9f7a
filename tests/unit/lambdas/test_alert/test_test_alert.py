"""The test alert: what it sends, what it concludes, what it publishes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lambdas.test_alert.answers import NO_ANSWER, Answer, Deliveries
from lambdas.test_alert.handed_over import UNCONFIRMED
from lambdas.test_alert.recipients import Recipients
from lambdas.test_alert.settings import Settings
from lambdas.test_alert.test_alert import Dependencies, check_subscriptions, send_test_alert
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.notices import DISPATCH, Change, Notice, Outcome, identifier_of
from ops.alerts.testing import lines_of

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
RECIPIENTS = [
    Recipients(level, ("chat", "pager") if level is Level.CRITICAL else ("chat",), email=0, sms=0, https=0)
    for level in Level
]
SETTINGS = Settings(
    "prod",
    tuple(f"arn:aws:sns:x:1:junkos-prod-alerts-{level}" for level in Level),
    tuple(recipients.to_json() for recipients in RECIPIENTS),
    timedelta(seconds=0.3),
    "notices",
    "arn:aws:sns:x:1:junkos-prod-people",
    addresses=0,
    numbers=0,
)


class Sns:
    def __init__(self, *subscriptions):
        self.published, self.subscriptions = [], subscriptions

    def publish(self, **message):
        notice = Notice.from_json(json.loads(message["Message"])["default"])
        self.published.append((message["TopicArn"].rpartition("-")[2], notice))

    def get_paginator(self, _):
        return self

    def paginate(self, **_):
        return [{"Subscriptions": [{"Protocol": kind, "SubscriptionArn": arn} for kind, arn in self.subscriptions]}]


class Table:
    """DynamoDB, in which `notify` has recorded these outcomes, seconds after the alert."""

    def __init__(self, outcomes):
        self.outcomes = outcomes

    def get_item(self, *, Key, **_):  # noqa: N803 - boto3's name
        record, identifier = Key["record"]["S"], Key["id"]["S"]
        if record == "notice":
            return {"Item": {DISPATCH: {"S": "d1"}}}
        if record == "delivery#d1" and identifier in self.outcomes:
            outcome, seconds = self.outcomes[identifier]
            return {"Item": {"outcome": {"S": outcome}, "at": {"S": (AT + timedelta(seconds=seconds)).isoformat()}}}
        return {}


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    monkeypatch.setattr("lambdas.test_alert.answers.POLL_SECONDS", 0.05)


def expecting(**numbers):
    recipients = tuple(replace(recipients, **numbers).to_json() for recipients in RECIPIENTS)
    return replace(SETTINGS, recipients=recipients, addresses=numbers.get("email", 0), numbers=numbers.get("sms", 0))


def report_of(sns, outcomes, level=Level.CRITICAL, settings=SETTINGS):
    means = Dependencies(sns, Deliveries(Table(outcomes), "notices"))
    return send_test_alert(settings, means, level=level, requested_by="ada", clock=lambda: AT)


def published(output):
    lines = [json.loads(line) for line in output.splitlines() if "_aws" in line]
    return {(name, line["channel"]): line[name] for line in lines for name in line if name in set(Metric)}


def test_test_alarm_is_raised_and_recovers():
    """It is raised and recovers on the topic of its level."""
    sns = Sns()
    report_of(sns, {"chat": (Outcome.DELIVERED, 1)}, Level.LOW)
    (level, raised), (_, recovered) = sns.published
    assert level == "low"
    assert (raised.change, recovered.change) == (Change.RAISED, Change.RECOVERED)
    assert raised.key == recovered.key
    assert recovered.since == raised.at
    assert identifier_of(raised) != identifier_of(recovered)


def test_it_measures_the_channels_of_the_level(capsys):
    report = report_of(Sns(), {"chat": (Outcome.DELIVERED, 13.2), "pager": (Outcome.DELIVERED, 12)})
    assert report.answers == [Answer("chat", "delivered", 13.2), Answer("pager", "delivered", 12)]
    assert report.is_good
    assert published(capsys.readouterr().out) == {}


def test_silent_channel_is_named_and_alarmed(capsys):
    """A channel that does not answer is named and alarmed."""
    report = report_of(Sns(), {"chat": (Outcome.DELIVERED, 1)})
    assert report.answers[1] == Answer("pager", NO_ANSWER)
    assert not report.is_good
    assert published(capsys.readouterr().out)["channel_failed", "pager"] == [1]


def test_alarmed_refusal_is_not_repeated(capsys):
    """A refusal that notify has alarmed already is not alarmed twice."""
    report = report_of(Sns(), {"chat": (Outcome.REFUSED, 1)}, Level.LOW)
    assert not report.is_good
    assert published(capsys.readouterr().out) == {}


def test_sns_deliveries_and_subscriptions_are_checked(capsys):
    """What sns delivers is counted and what nobody confirmed is a failure."""
    sns = Sns(("email", "arn:1"), ("email", "arn:2"), ("email", UNCONFIRMED), ("sms", "arn:3"), ("sqs", "arn:4"))
    report = report_of(sns, {"chat": (Outcome.DELIVERED, 1)}, Level.LOW, expecting(email=3, sms=1))
    assert report.handed_over == ["2 e-mail addresses", "1 telephone number"]
    assert report.lost == ["1 e-mail address not confirmed (open the link in SNS's first e-mail)"]
    assert not report.is_good
    assert published(capsys.readouterr().out)["channel_failed", "sns"] == [1]


def test_lost_subscription_is_found_daily(capsys):
    """A subscription that sns has forgotten is found without sending an alert."""
    sns = Sns(("email", "arn:1"))
    no_chat = "1 chat by Amazon Q Developer not subscribed any more (runbook channel-failed: subscribe again)"
    lost = check_subscriptions(expecting(email=2, https=1), sns)
    assert lost == {
        "people": ["1 e-mail address not subscribed any more (runbook channel-failed: subscribe again)"],
        **{level: [no_chat] for level in Level},
    }
    assert sns.published == []
    assert published(capsys.readouterr().out)["channel_failed", "sns"] == [1]


def test_unconfirmed_person_on_call_is_found(capsys):
    """Whoever is on call and has not confirmed would not be paged."""
    settings = replace(expecting(), pages="arn:aws:sns:x:1:junkos-prod-pages", paged_addresses=2, paged_numbers=1)
    sns = Sns(("email", "arn:1"), ("email", UNCONFIRMED), ("sms", "arn:2"))
    assert check_subscriptions(settings, sns) == {
        "on call": ["1 e-mail address not confirmed (open the link in SNS's first e-mail)"]
    }
    report = report_of(sns, {"chat": (Outcome.DELIVERED, 1)}, Level.LOW, settings)
    assert report.lost == ["of those on call, 1 e-mail address not confirmed (open the link in SNS's first e-mail)"]


def test_while_all_are_subscribed_nothing_is_published(capsys):
    assert check_subscriptions(expecting(email=1), Sns(("email", "arn:1"), ("email", UNCONFIRMED))) == {}
    assert published(capsys.readouterr().out) == {}


def test_operator_reads_who_answered():
    """The operator reads who answered and what cannot be measured."""
    sns = Sns(("email", "arn:1"), ("sms", UNCONFIRMED))
    outcomes = {"chat": (Outcome.DELIVERED, 13.2), "pager": (Outcome.REFUSED, 2)}
    report = report_of(sns, outcomes, settings=expecting(email=1, sms=1)).as_dict()
    assert lines_of(json.loads(json.dumps(report))) == [
        "chat: answered after 13.2 s",
        "FAILED pager: refused (its reason is in the log of notify)",
        "1 e-mail address: handed to SNS, which does not say whether it arrived",
        "FAILED 1 telephone number not confirmed (open the link in SNS's first e-mail)",
    ]
