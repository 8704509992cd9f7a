"""A first deployment with its first run: nobody is sent anything but what is true."""

from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest

from demo.console import Console
from demo.every_job import home_of
from demo.start import start_all
from emulator import process
from emulator.alarm_clock import AlarmClock
from lambdas.shared.clock import now
from lambdas.shared.notices import publish_notice
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.notices import Change, Notice
from tests.integration.emulator.waiting import until

PATIENCE = 90
LAST = "the last message"
WITHOUT_DATA = {"prober-silent", "recovery-backup-age", "recovery-verified-backup-age", "database-unreachable"}
TRUE = ("certificate of api over TLS ends in less than",)  # it ends in twenty days


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Deployed while alarms are evaluated all the time, as CloudWatch does."""
    directory = tmp_path_factory.mktemp("account")
    try:
        yield start_all(Console(), directory, foreign_url=None, changes={"first_run": True})
    finally:
        process.stop_recorded(directory)


@pytest.fixture(scope="module")
def stage(started):
    return started.stage


@pytest.fixture(scope="module")
def measured(stage):
    """The clock, stopped once the first backup is proven and its age has been measured."""
    until(lambda: stage.newest_datapoint(Metric.VERIFIED_BACKUP_AGE) is not None, PATIENCE)
    clock = AlarmClock(stage.account)
    clock.pause()
    return clock


def short(stage, names):
    return {name.removeprefix(stage.function("")) for name in names}


def held_back(stage):
    lines = stage.log_lines("notify")
    return [line["title"] for line in lines if line["message"] == "a new alarm has no data yet"]


def in_alarm(stage):
    pages = stage.client("cloudwatch").get_paginator("describe_alarms").paginate(StateValue="ALARM")
    return {alarm["AlarmName"]: alarm["StateReason"] for page in pages for alarm in page["MetricAlarms"]}


def test_verdict_triggers_recovery_point_measurement(stage, measured):
    """The verdict has the recovery points measured without waiting for the hour."""
    ages = [line.get("ages") or {} for line in stage.log_lines("recovery_check")]
    assert any(each.get(Metric.VERIFIED_BACKUP_AGE) is not None for each in ages)


def test_initial_alarms_recover_with_data(stage, measured):
    """Alarms that could not be fine were raised and are fine with their data."""
    assert held_back(stage)
    measured.evaluate(now() + timedelta(minutes=1))  # data counts when its minute is over
    assert not WITHOUT_DATA & short(stage, in_alarm(stage))


def test_only_true_messages_are_sent(started, stage, measured):
    """Nobody is sent anything but what is true."""
    measured.evaluate(now() + timedelta(minutes=1))
    sns = stage.client("sns")
    topics = {it["TopicArn"].rpartition("-")[2]: it["TopicArn"] for it in sns.list_topics()["Topics"]}
    for level in Level:
        notice = Notice(f"{LAST} {level}", level, Change.RAISED, f"{LAST} {level}", datetime.now(UTC))
        publish_notice(sns, topics[level], notice)
    for inbox, level in (
        ("mail", Level.LOW),
        ("slack", Level.LOW),
        ("webhook", Level.LOW),
        ("sms", Level.CRITICAL),
        ("pagerduty", Level.CRITICAL),
    ):
        started.inboxes.wait_for(inbox, lambda it, level=level: f"{LAST} {level}" in it.text, PATIENCE)
    lines = [
        line
        for it in started.inboxes.received()
        for line in it.text.splitlines()
        if any(f"{level.upper()}: " in line for level in Level)
    ]
    assert [line for line in lines if LAST not in line and not any(true in line for true in TRUE)] == []
    assert not [it for it in started.inboxes.received() if "ecovered" in it.text]
    for inbox in ("sms", "pagerduty"):
        assert [it.text for it in started.inboxes.received(inbox) if LAST not in it.text] == []


def test_home_and_status_page_are_served(started, stage, measured):
    """The home page shows the account and the status page is there."""
    started.inboxes.show(home_of(stage, 0))
    with urlopen(f"{started.inboxes.url}/", timeout=10) as answer:  # noqa: S310 - our own child
        page = answer.read().decode()
    assert "proven" in page
    assert f"http://{stage.status_page_host}/" in page
    assert "made up" not in page
    stage.invoke("status_page")  # its stack comes last, and its schedule runs it within minutes
    assert stage.public_page("index.html").startswith(b"<!doctype html>")
