"""An alarm of each level on the deployed account, to the people it is meant for, and back to OK.

Only the state of the alarms is set by hand; everything from there on is what is deployed.
"""

import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from demo.inboxes.inbox import Arrival
from emulator.alarm_clock import AlarmClock
from lambdas.shared.notices import publish_notice
from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.notices import Change, Notice
from tests.integration.emulator.waiting import until

PATIENCE = 60
CHANNELS = {
    Level.CRITICAL: {"mail", "sms", "slack", "pagerduty"},
    Level.HIGH: {"mail", "slack", "webhook"},
    Level.MEDIUM: {"mail", "slack", "webhook"},
    Level.LOW: {"mail", "slack", "webhook"},
}
EVERYWHERE = set().union(*CHANNELS.values())


@pytest.fixture(scope="module")
def cloudwatch(stage):
    """With nobody but the test setting the alarms' states."""
    AlarmClock(stage.account).pause()
    return stage.client("cloudwatch")


@pytest.fixture(scope="module")
def inboxes(started, stage, cloudwatch):
    """After the messages of alarms that had no data yet, so that the first test does not receive them."""
    for level in Level:
        publish_notice(stage.client("sns"), topic_of(stage, level), notice(f"the last, {level}", level))
    for level in Level:
        for inbox in CHANNELS[level]:
            started.inboxes.wait_for(inbox, lambda it, level=level: f"the last, {level}" in it.text, PATIENCE)
    return started.inboxes


@pytest.fixture(scope="module")
def alarms(cloudwatch):
    """One alarm of each level, as it is deployed."""
    pages = cloudwatch.get_paginator("describe_alarms").paginate()
    found = [alarm for page in pages for alarm in page["MetricAlarms"] if alarm["AlarmActions"]]
    return {level: next(alarm for alarm in found if level_of(alarm) == level) for level in Level}


def level_of(alarm):
    return AlarmDescription.from_text(alarm["AlarmDescription"]).level


def title_of(alarm):
    return AlarmDescription.from_text(alarm["AlarmDescription"]).meaning.rstrip(".")


def topic_of(stage, level):
    topics = stage.client("sns").list_topics()["Topics"]
    return next(topic["TopicArn"] for topic in topics if topic["TopicArn"].endswith(f"-local-alerts-{level}"))


def notice(title, level=Level.HIGH, **fields):
    defaults = {"key": title, "change": Change.RAISED, "at": datetime.now(UTC)}
    return Notice(**{**defaults, "title": title, "level": level, **fields})


def where(inboxes, text, since):
    """The inboxes at which something with that text has arrived."""
    return {arrival.inbox for arrival in inboxes.received(since=since) if text in all_of(arrival)}


def all_of(arrival: Arrival):
    return arrival.text + json.dumps(arrival.about)


def test_alerting_alarms_arrive_without_notify(stage, inboxes, cloudwatch):
    """CloudWatch writes that mail itself; its end comes by the usual way."""
    functions, started = stage.client("lambda"), datetime.now(UTC)
    name = stage.function("notify")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        alarm = f"{name}-errors"
        cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="by hand")
        received = inboxes.wait_for("mail", lambda it: f'ALARM: "{alarm}"' in it.about["subject"], PATIENCE)
        assert "Runbook: docs/runbooks/channel-failed.md" in received.text
    finally:
        functions.delete_function_concurrency(FunctionName=name)
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="by hand")
    assert until(lambda: "slack" in where(inboxes, alarm, started))


@pytest.mark.parametrize("level", Level)
def test_alarm_reaches_its_levels_channels_only(level, alarms, cloudwatch, inboxes):
    """An alarm reaches the channels of its level and no other and so does its recovery."""
    alarm, started = alarms[level], datetime.now(UTC)
    name, title = alarm["AlarmName"], title_of(alarm)
    reason = (
        "Threshold Crossed: 1 out of the last 1 datapoints [7.0 (24/11/26 20:00:00)] was greater than the threshold"
    )

    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason=reason)
    assert until(lambda: where(inboxes, name, started) | where(inboxes, title, started) == CHANNELS[level])
    chat = next(it.text for it in inboxes.received("slack", started) if title in it.text)
    assert f"{level.upper()}: {title}" in chat
    assert f"alarmsV2:alarm/{name}" in chat

    recovering = datetime.now(UTC)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="it is over")
    assert until(lambda: where(inboxes, name, recovering) | where(inboxes, title, recovering) == CHANNELS[level])
    recovery = next(it.text for it in inboxes.received("slack", recovering) if title in it.text)
    assert "Recovered after" in recovery
    time.sleep(1)
    assert where(inboxes, title, started) <= CHANNELS[level]


def test_pagerduty_resolves_under_the_same_key(alarms, cloudwatch, inboxes):
    """PagerDuty resolves what it was sent under the same key."""
    alarm, started = alarms[Level.CRITICAL], datetime.now(UTC)

    def received():
        events = [it.about for it in inboxes.received("pagerduty", started)]
        return [event["event_action"] for event in events if event["dedup_key"] == alarm["AlarmArn"]]

    for state, known in (("ALARM", ["trigger"]), ("OK", ["trigger", "resolve"])):
        cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue=state, StateReason="by hand")
        assert until(lambda known=known: received() == known)


def test_forty_alarms_are_a_few_messages(stage, inboxes):
    """One for as long as a group waits, and on a busy machine it takes several such times to publish them."""
    sns, topic, started = stage.client("sns"), topic_of(stage, Level.HIGH), datetime.now(UTC)
    for number in range(40):
        publish_notice(sns, topic, notice(f"storm {number:02}"))
    most = 3 + (datetime.now(UTC) - started) / timedelta(seconds=stage.environment.alerts.group_seconds)

    def received(inbox):
        return [it for it in inboxes.received(inbox, started) if "storm" in it.text]

    def notices():
        return [each["title"] for it in received("webhook") for each in it.about["notices"]]

    storms = [f"storm {number:02}" for number in range(40)]
    assert until(lambda: sorted(notices()) == storms)
    assert until(lambda: all(storm in str([it.text for it in received("slack")]) for storm in storms))
    assert len(received("webhook")) <= most
    assert len(received("slack")) <= most
    assert re.search(r"\[local\] \d+ alerts: \d+ high", received("slack")[0].text)


def test_repeated_notice_is_delivered_once(stage, inboxes):
    """What is published twice is sent once."""
    sns, topic, same, started = (
        stage.client("sns"),
        topic_of(stage, Level.LOW),
        notice("twice", Level.LOW),
        datetime.now(UTC),
    )
    publish_notice(sns, topic, same)
    inboxes.wait_for("webhook", lambda it: "twice" in it.text, PATIENCE)
    publish_notice(sns, topic, same)
    publish_notice(sns, topic, notice("after it", Level.LOW))
    inboxes.wait_for("webhook", lambda it: "after it" in it.text, PATIENCE)
    assert len([it for it in inboxes.received("webhook", started) if "twice" in it.text]) == 1


def test_alarm_over_early_is_one_line(stage, inboxes):
    """What is over before anybody was notified is one line."""
    sns, topic = stage.client("sns"), topic_of(stage, Level.MEDIUM)
    began = datetime.now(UTC) - timedelta(seconds=40)
    raised = notice("a hiccup", Level.MEDIUM, at=began)
    publish_notice(sns, topic, raised)
    publish_notice(
        sns, topic, notice("a hiccup", Level.MEDIUM, change=Change.RECOVERED, at=began + timedelta(seconds=40))
    )
    received = inboxes.wait_for("webhook", lambda it: "a hiccup" in it.text, PATIENCE)
    assert received.text == "Was medium for 40 s: a hiccup"


def test_rate_limited_channel_gets_the_message(stage, inboxes):
    """A channel that asks for patience gets it and then the message."""
    inboxes.misbehave("webhook", status=429, retry_after=8, times=1)
    started = time.monotonic()
    before = inboxes.attempts("webhook")
    publish_notice(stage.client("sns"), topic_of(stage, Level.LOW), notice("be patient", Level.LOW))
    inboxes.wait_for("webhook", lambda it: "be patient" in it.text, PATIENCE)
    assert time.monotonic() - started >= 8
    assert inboxes.attempts("webhook") == before + 2


def test_dead_channel_catches_up_in_order(stage, inboxes):
    """A dead channel holds up no other and is sent everything in order when it is back."""
    sns, topic = stage.client("sns"), topic_of(stage, Level.HIGH)
    inboxes.misbehave("webhook", hang_seconds=60)
    try:
        raised = notice("while it is dead")
        publish_notice(sns, topic, raised)
        inboxes.wait_for("slack", lambda it: "while it is dead" in it.text, PATIENCE)
        publish_notice(sns, topic, notice("while it is dead", change=Change.RECOVERED))
        inboxes.wait_for("slack", lambda it: "Recovered" in it.text and "while it is dead" in it.text, PATIENCE)
    finally:
        inboxes.misbehave("webhook")
    received = inboxes.wait_for("webhook", lambda it: "while it is dead" in it.text, 180)
    assert received.text.startswith("Was high for ")


def test_refusing_channel_alarms_on_the_others(stage, inboxes, cloudwatch):
    """A channel that refuses is alarmed on the others."""
    inboxes.misbehave("webhook", status=410, times=1)
    publish_notice(stage.client("sns"), topic_of(stage, Level.LOW), notice("into the void", Level.LOW))
    subject = {Dimension.CHANNEL: "tickets"}
    assert until(lambda: stage.newest_datapoint(Metric.CHANNEL_FAILED, subject) == 1)

    started = datetime.now(UTC)
    cloudwatch.set_alarm_state(
        AlarmName="junkos-local-channel-tickets-failed", StateValue="ALARM", StateReason="by hand"
    )
    title = "Channel tickets did not take an alert"
    assert until(lambda: where(inboxes, title, started) == {"mail", "slack"})
    time.sleep(3)
    assert where(inboxes, title, started) == {"mail", "slack"}


def test_test_alert_lists_answers_and_delays(stage, inboxes):
    """A test alert says which channels answered and how soon."""
    report = stage.invoke("test_alert", level="high", requested_by="a test")
    assert {answer["channel"]: answer["outcome"] for answer in report["answers"]} == {
        "team-chat": "delivered",
        "tickets": "delivered",
        "sns": "delivered",
    }
    assert all(0 < answer["seconds"] < 30 for answer in report["answers"])
    assert report["handed_over"] == ["1 e-mail address"]
    assert report["good"]


def test_test_alert_names_the_silent_channel(stage, inboxes):
    """A test alert says which channel did not answer."""
    inboxes.misbehave("webhook", status=403, times=1)
    report = stage.invoke("test_alert", level="medium", requested_by="a test")
    assert not report["good"]
    assert {answer["channel"]: answer["outcome"] for answer in report["answers"]} == {
        "team-chat": "delivered",
        "tickets": "refused",
        "sns": "delivered",
    }
