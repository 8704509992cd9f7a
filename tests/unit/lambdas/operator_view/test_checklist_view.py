"""The checklist in the operator's view: as it was kept last, whatever is in it."""

from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.operator_view.render import show
from lambdas.operator_view.report_sources import ReportSources
from lambdas.operator_view.sources import Sources
from lambdas.operator_view.surface import Local
from lambdas.operator_view.view import Page
from lambdas.shared.reports import Reports
from lambdas.vocabulary.checklist import Difference, Verdict
from lambdas.vocabulary.reports import HTML, JSON, Kind
from tests.unit.lambdas.checklist.accounts import AT
from tests.unit.lambdas.checklist.reports import answer, report

BUCKET = "junkos-prod-reports-123456789012-us-east-1"
CONSOLE = f"https://us-east-1.console.aws.amazon.com/s3/object/{BUCKET}?region=us-east-1&prefix="


@pytest.fixture
def reports():
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        yield Reports(s3, BUCKET)


def shown(reports: Reports) -> str:
    sources = Sources(reports=ReportSources(reports, CONSOLE, clock=lambda: AT + timedelta(hours=3)))
    return show({"view": "checklist"}, sources, Page(Local("token"), AT + timedelta(hours=3)))


def test_the_newest_report_is_shown(reports: Reports) -> None:
    for day, verdict in ((2, Verdict.PASS), (1, Verdict.FAIL)):
        at = AT - timedelta(days=day)
        found = report(
            answer(verdict, text="<b>d1</b> is DISABLED", remedy="Enable it."),
            at=at,
            compared_with=at,
            changed=(Difference("guardduty", Verdict.PASS, verdict),),
        )
        reports.write(Kind.CHECKLIST, at, {JSON: found.to_json().encode()})
    page = shown(reports)
    for said in ("not ready, 1 blocker", "&lt;b&gt;d1&lt;/b&gt; is DISABLED", "Enable it.", "pass → fail"):
        assert said in page


def test_before_the_first_report_it_says_so(reports: Reports) -> None:
    assert "It was not answered yet" in shown(reports)


def test_a_report_of_another_form_is_as_none(reports: Reports) -> None:
    reports.write(Kind.CHECKLIST, AT, {JSON: b'{"answers": "?"}'})
    assert "It was not answered yet" in shown(reports)


def test_the_newest_reviews_are_linked(reports: Reports) -> None:
    reports.write(Kind.WEEK, AT, {JSON: b"{}", HTML: b"<!doctype html>"})
    page = shown(reports)
    assert "prefix=week/2026-11-28T06-00-00Z/report.html" in page
    assert page.count("none yet") == 5
