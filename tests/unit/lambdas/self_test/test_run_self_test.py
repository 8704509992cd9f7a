"""From probes to notices and the report."""

import json
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.self_test.probe import Probe, failed, not_applicable, not_asked, passed
from lambdas.self_test.run_self_test import NotKeptError, run_self_test
from lambdas.shared.reports import Reports
from lambdas.vocabulary.notices import Change, Notice
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.self_test import Outcome, ProbeName, SelfTest
from tests.unit.lambdas.self_test.situations import NOW, TOPIC, settings

DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")
WEEK = timedelta(days=7)
WEEKLY = {"slot": NOW.isoformat()}
BY_HAND = {"requested_by": "ana"}
PASSED, FAILED = passed("as it should be"), failed("it is not")


class Topic:
    def __init__(self):
        self.published, self.error = [], None

    def publish(self, TopicArn, Message, **_):  # noqa: N803  (as botocore names them)
        assert TopicArn == TOPIC
        if self.error:
            raise self.error
        self.published.append(Notice.from_json(json.loads(Message)["default"]))


class Refusing:
    """S3 that takes nothing and shows nothing."""

    def put_object(self, **_):
        raise DENIED

    def get_paginator(self, _):
        raise DENIED


class Environment:
    """Runs the self-test week after week."""

    def __init__(self, s3):
        self.topic, self.s3, self.at = Topic(), s3, NOW

    def run(self, seen, event=WEEKLY):
        probes = [
            Probe(name=name, question="Is it so?", meaning="It is bad.", remedy="mend it", ask=lambda _, it=it: it)
            for name, it in seen.items()
        ]
        self.at += WEEK
        clients = {"s3": self.s3, "sns": self.topic}
        return run_self_test(event, settings(), probes, clients.__getitem__, clock=lambda: self.at)

    def metrics(self, seen, event=WEEKLY):
        """What is published when the probe of metrics sees that."""
        self.topic.published.clear()
        self.run({ProbeName.METRICS: seen}, event)
        return [(notice.key, notice.change) for notice in self.topic.published]

    def newest(self):
        return SelfTest.from_json(Reports(self.s3, "reports").newest(Kind.SELF_TEST, self.at, WEEK).body)


@pytest.fixture
def environment():
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        s3.create_bucket(Bucket="reports")
        yield Environment(s3)


KEY = "self-test/prod/metrics-arrive"
RAISED, RECOVERED = [(KEY, Change.RAISED)], [(KEY, Change.RECOVERED)]


def test_failure_is_published_once_and_recovers(environment):
    seen = (PASSED, FAILED, FAILED, PASSED, PASSED, FAILED)
    assert list(map(environment.metrics, seen)) == [[], RAISED, [], RECOVERED, [], RAISED]


def test_first_run_that_fails_is_published(environment):
    assert environment.metrics(FAILED) == RAISED
    (notice,) = environment.topic.published
    assert (notice.level, notice.measured, notice.meaning, notice.first_look) == (
        "medium",
        "it is not",
        "It is bad.",
        "mend it",
    )
    assert notice.runbook == "https://example.com/runbooks/self-test.md"


def test_unasked_changes_nothing(environment):
    """Neither a failure nor a recovery."""
    seen = (not_asked("denied"), FAILED, not_asked("denied"), FAILED, PASSED)
    assert list(map(environment.metrics, seen)) == [[], RAISED, [], [], RECOVERED]


def test_what_is_no_longer_there_recovers(environment):
    assert list(map(environment.metrics, (FAILED, not_applicable("switched off")))) == [RAISED, RECOVERED]


def test_run_by_hand_publishes_nothing_and_forgets_nothing(environment):
    """The week's run after it still publishes what it found, and what recovers."""
    assert environment.metrics(FAILED, BY_HAND) == []
    assert environment.metrics(FAILED) == RAISED
    assert environment.metrics(PASSED, BY_HAND) == []
    assert environment.metrics(PASSED) == RECOVERED


def test_notice_that_was_not_taken_is_sent_next_time(environment):
    environment.topic.error = DENIED
    assert environment.metrics(FAILED) == []
    environment.topic.error = None
    assert environment.metrics(FAILED) == RAISED


def test_report_is_kept(environment):
    seen = {ProbeName.METRICS: PASSED, ProbeName.MASKING: FAILED, ProbeName.STATUS_PAGE: not_asked("denied")}
    answer = environment.run(seen, BY_HAND).as_dict()
    found = environment.newest()
    assert {each.probe: each.outcome for each in found.results} == {
        ProbeName.METRICS: Outcome.PASSED,
        ProbeName.MASKING: Outcome.FAILED,
        ProbeName.STATUS_PAGE: Outcome.NOT_ASKED,
    }
    assert (found.requested_by, found.at) == ("ana", environment.at)
    assert (answer["good"], answer["not_kept"]) == (False, "")
    assert answer["report"].startswith("self-test/2026-12-07T05-30-00Z")
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize(
    ("seen", "good"),
    [
        ({ProbeName.METRICS: PASSED, ProbeName.STATUS_PAGE: not_applicable("none")}, True),
        ({ProbeName.METRICS: PASSED, ProbeName.MASKING: not_asked("denied")}, False),
        ({ProbeName.METRICS: not_applicable("none")}, False),
        ({}, False),
    ],
)
def test_good_is_only_what_passed(environment, seen, good):
    """Nothing that could not be asked is taken for good, nor a test of nothing."""
    assert environment.run(seen, BY_HAND).found.is_good is good


def test_result_is_returned_though_s3_refuses():
    kept = Environment(Refusing()).run({ProbeName.METRICS: PASSED}, BY_HAND)
    assert kept.found.is_good
    assert "AccessDenied" in kept.as_dict()["not_kept"]


def test_scheduled_run_that_is_not_on_record_fails():
    """Nobody reads its answer: it ends among the dead letters."""
    environment = Environment(Refusing())
    with pytest.raises(NotKeptError, match="the report was not kept in reports"):
        environment.run({ProbeName.METRICS: FAILED})
    assert [notice.key for notice in environment.topic.published] == [KEY]


def test_damaged_report_is_none(environment):
    environment.metrics(FAILED)
    key = f"{Reports(environment.s3, 'reports').folders(Kind.SELF_TEST, NOW)[0]}report.json"
    environment.s3.put_object(Bucket="reports", Key=key, Body=b"{")
    assert environment.metrics(FAILED) == RAISED
