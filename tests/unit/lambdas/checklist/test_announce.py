"""A new blocker is published once, and once that it blocks no more."""

import json
from datetime import timedelta
from typing import Any

from lambdas.checklist.announce import announced
from lambdas.vocabulary.checklist import Importance, Report, Verdict
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from tests.unit.lambdas.checklist.accounts import AT, SETTINGS
from tests.unit.lambdas.checklist.reports import answer, report


class Topic:
    def __init__(self) -> None:
        self.published: list[Notice] = []

    def publish(self, TopicArn: str, Message: str, **_: Any) -> None:  # noqa: N803  (as boto3 names them)
        assert TopicArn == SETTINGS.medium_topic
        self.published.append(Notice.from_json(json.loads(Message)["default"]))


def days(*verdicts: Verdict, **more: Any) -> list[list[tuple[str, Change]]]:
    """What was published each day, of one check whose verdicts these are."""
    before: Report | None = None
    found = []
    for day, verdict in enumerate(verdicts):
        topic = Topic()
        today = report(answer(verdict, **more), at=AT + timedelta(days=day))
        before = announced(topic, SETTINGS, today, before)
        found.append([(notice.key, notice.change) for notice in topic.published])
    return found


RAISED = [("checklist/prod/guardduty", Change.RAISED)]
RECOVERED = [("checklist/prod/guardduty", Change.RECOVERED)]


def test_a_blocker_is_published_once() -> None:
    assert days(Verdict.PASS, Verdict.FAIL, Verdict.FAIL, Verdict.PASS) == [[], RAISED, [], RECOVERED]


def test_the_first_report_publishes_nothing() -> None:
    assert days(Verdict.FAIL, Verdict.FAIL) == [[], []]


def test_one_unknown_day_is_not_published_but_two_are() -> None:
    verdicts = (Verdict.PASS, Verdict.UNKNOWN, Verdict.PASS, Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN)
    assert days(*verdicts) == [[], [], [], [], RAISED, []]


def test_a_waived_blocker_recovers() -> None:
    assert days(Verdict.PASS, Verdict.FAIL, Verdict.WAIVED) == [[], RAISED, RECOVERED]


def test_what_should_be_is_not_published() -> None:
    assert days(Verdict.PASS, Verdict.FAIL, importance=Importance.SHOULD) == [[], []]


def test_a_notice_says_what_and_where_to_look() -> None:
    topic = Topic()
    before = report(answer(Verdict.PASS))
    announced(topic, SETTINGS, report(answer(Verdict.FAIL, text="d1 is DISABLED", runbook="account-change")), before)
    (notice,) = topic.published
    assert notice.level is Level.MEDIUM
    assert notice.measured == "d1 is DISABLED"
    assert notice.first_look == "ops prod checklist --section security"
    assert notice.runbook == "docs/runbooks/account-change.md"
