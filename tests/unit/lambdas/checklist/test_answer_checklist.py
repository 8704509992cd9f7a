"""A run from the event to what is kept, compared and published."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambdas.checklist.answer_checklist import Answering, NotKeptError, UnknownSectionError
from lambdas.shared.reports import Reports
from lambdas.shared.service import Here
from lambdas.vocabulary.checklist import Report, Section, Verdict
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.reports import HTML, JSON, MARKDOWN, Kind
from tests.unit.lambdas.checklist.accounts import AT, DENIED, SETTINGS, Account


class World:
    """An account that answers nothing, with a bucket and a topic."""

    def __init__(self, s3: Any) -> None:
        self.s3, self.at = s3, AT
        self.account = Account(rest=DENIED)
        self.published: list[dict[str, Any]] = []

    def client(self, service: str) -> Any:
        return {"s3": self.s3, "sns": self}.get(service) or self.account.client(service)

    def publish(self, **message: Any) -> None:
        self.published.append(json.loads(json.loads(message["Message"])["default"]))

    def answer(self, **event: Any) -> Report:
        return Answering(SETTINGS, Here("prod", "junkos"), self.client, lambda: self.at).answer(event)

    def kept(self) -> list[str]:
        return Reports(self.s3, SETTINGS.reports).folders(Kind.CHECKLIST, AT - timedelta(days=1))


@pytest.fixture
def world():
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=SETTINGS.reports)
        yield World(s3)


def test_a_whole_run_is_kept_in_three_forms(world: World) -> None:
    report = world.answer()
    (folder,) = world.kept()
    reports = Reports(world.s3, SETTINGS.reports)
    assert decode(Report, json.loads(reports.document(folder, JSON))) == report
    assert b"<!doctype html>" in reports.document(folder, HTML)
    assert reports.document(folder, MARKDOWN).startswith(b"# prod: not ready")


def test_the_next_run_is_compared_with_it(world: World) -> None:
    first = world.answer()
    world.at += timedelta(days=1)
    second = world.answer()
    assert (second.compared_with, second.changed) == (first.at, ())


def test_a_part_is_answered_and_not_kept(world: World) -> None:
    report = world.answer(sections=["security"])
    assert {answer.section for answer in report.answers} == {Section.SECURITY}
    assert world.kept() == []


def test_an_unknown_section_is_refused(world: World) -> None:
    with pytest.raises(UnknownSectionError, match="no section 'secruity'"):
        world.answer(sections=["secruity"])


def test_a_new_blocker_is_published(world: World) -> None:
    world.account = Account({"guardduty.list_detectors": {"DetectorIds": ["d1"]}}, rest=DENIED).but(
        guardduty__get_detector={"Status": "ENABLED"}
    )
    world.answer()
    world.at += timedelta(days=1)
    world.account = world.account.but(guardduty__get_detector={"Status": "DISABLED"})
    report = world.answer()
    assert [(each.check, each.now) for each in report.changed] == [("guardduty", Verdict.FAIL)]
    assert [notice["key"] for notice in world.published] == ["checklist/prod/guardduty"]


def test_a_report_that_cannot_be_read_is_as_none(world: World) -> None:
    Reports(world.s3, SETTINGS.reports).write(Kind.CHECKLIST, AT - timedelta(days=1), {JSON: b'{"answers": 1}'})
    assert world.answer().compared_with is None


def test_a_verdict_is_told_when_s3_refuses_the_evidence(world: World) -> None:
    world.s3.delete_bucket(Bucket=SETTINGS.reports)
    report = world.answer()
    assert "NoSuchBucket" in report.not_kept
    assert report.answers


def test_a_scheduled_run_without_evidence_is_a_failure(world: World) -> None:
    world.s3.delete_bucket(Bucket=SETTINGS.reports)
    with pytest.raises(NotKeptError, match="NoSuchBucket"):
        world.answer(slot="2026-11-28T06:00:00Z")
