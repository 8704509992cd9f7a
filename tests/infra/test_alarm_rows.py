"""Rows of alarms, and the one place that makes alarms of them."""

from dataclasses import replace

import aws_cdk
import pytest
from aws_cdk import aws_sns, aws_sqs

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import Alarms, AlarmSpec, CompositeSpec, Missing, Section, Statistic, own_metric
from stacks.settings import load

ENVIRONMENT = load("prod")
TEXT = {
    "level": Level.HIGH,
    "runbook": Runbook.TRAFFIC,
    "meaning": "It is bad.",
    "first_look": "the log",
    "section": Section.ITSELF,
}
ROW = AlarmSpec(
    subject="queue",
    name="too-long",
    metric=own_metric(ENVIRONMENT, Metric.UP, period=aws_cdk.Duration.minutes(5), statistic=Statistic.SUM),
    threshold=3,
    missing=Missing.IGNORE,
    **TEXT,
)


@pytest.fixture
def stack():
    return aws_cdk.Stack(aws_cdk.App(), "Stack")


@pytest.fixture
def alarms(stack):
    topics = {level: aws_sns.Topic(stack, level) for level in Level}
    return Alarms(ENVIRONMENT, topics, aws_sqs.Queue(stack, "Queue"))


def test_row_is_named_by_subject_and_name(stack, alarms):
    alarms.make(stack, [ROW])
    assert [watched.name for watched in alarms.watched] == ["junkos-prod-queue-too-long"]


def test_row_of_two_lines_is_refused(stack, alarms):
    with pytest.raises(ValueError, match="Meaning of an alarm must be one line"):
        alarms.make(stack, [replace(ROW, meaning="It is bad.\nLevel: low")])


def test_composite_alarm_names_what_was_made_before(stack, alarms):
    """A part that is misspelt, or made later, stops the synthesis."""
    alarms.make(stack, [ROW, CompositeSpec(subject="all", name="bad", parts=("queue-too-long",), **TEXT)])
    with pytest.raises(KeyError, match="queue-too-short"):
        alarms.make(stack, [CompositeSpec(subject="all", name="worse", parts=("queue-too-short",), **TEXT)])
