"""Sections that read what is kept in buckets: backups, drills, load tests, the checklist, earlier reviews."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.review.sections.backups import BACKUPS
from lambdas.review.sections.checklist import CHECKLIST
from lambdas.review.sections.disaster_drill import DISASTER_DRILL
from lambdas.review.sections.load_test import LOAD_TEST
from lambdas.review.sections.restore_drill import RESTORE_DRILL
from lambdas.review.sections.runbooks import RUNBOOKS
from lambdas.shared.reports import Reports
from lambdas.vocabulary.backups import MANIFEST, VERIFICATION, Check, Result, Seconds, Verdict, Verification
from lambdas.vocabulary.checklist import Answer, Importance, Report
from lambdas.vocabulary.checklist import Section as Part
from lambdas.vocabulary.checklist import Verdict as Says
from lambdas.vocabulary.drills import Drill, Occasion
from lambdas.vocabulary.drills import Kind as Sort
from lambdas.vocabulary.load_tests import Latency, LoadTestReport, Step
from lambdas.vocabulary.load_tests import Verdict as Passed
from lambdas.vocabulary.reports import JSON, Kind
from lambdas.vocabulary.reviews import Period, State
from tests.backups import Backups
from tests.unit.lambdas.review.sections.test_alarms import alarm, change
from tests.unit.lambdas.review.situation import DENIED, NOW, Account, ago, ask, settings

REGION = "eu-central-1"
BACKUPS_BUCKET, REPORTS_BUCKET = settings().backups, settings().reports


@pytest.fixture
def aws():
    with mock_aws():
        yield Buckets()


class Buckets:
    def __init__(self):
        self.s3 = boto3.client("s3", region_name=REGION)
        for bucket in (BACKUPS_BUCKET, REPORTS_BUCKET):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.reports = Reports(self.s3, REPORTS_BUCKET)
        self.account = Account()

    def client(self, service):
        return self.s3 if service == "s3" else self.account.client(service)

    def backup(self, at, verdict=Verdict.PROVEN):
        manifest = Backups("junkos", at).manifest
        body = manifest.to_json()
        self._put(manifest.backup + MANIFEST, body)
        if verdict:
            verification = Verification(
                backup=manifest.backup,
                manifest_sha256=hashlib.sha256(body).hexdigest(),
                verdict=verdict,
                checks=(Check("restore", Result.PASSED, ""),),
                seconds=Seconds(1, 60, 9),
                recovery_time_objective=3600,
                started_at=at.isoformat(),
                finished_at=at.isoformat(),
                requested_by="",
                reason="",
                server_version="18.6",
                correlation_id="",
            )
            self._put(manifest.backup + VERIFICATION, verification.to_json())

    def drill(self, at, seconds=600.0, **fields):
        drill = replace(
            Drill(
                at,
                Occasion.MONTH,
                "junkos",
                "junkos/2026/11/01/20261101T020000Z-00000000/",
                at,
                10**9,
                Verdict.PROVEN,
                True,
                Seconds(10, seconds - 20, 10),
                timedelta(hours=1),
                "18.6",
                "the schedule",
                "",
            ),
            **fields,
        )
        self._put(drill.key, drill.to_json().encode())

    def _put(self, key, body):
        self.s3.put_object(Bucket=BACKUPS_BUCKET, Key=key, Body=body)


class TestBackups:
    def nights(self, aws, number=7, **verdicts):
        for back in range(1, number + 1):
            aws.backup(ago(days=back) + timedelta(hours=2), verdicts.get(f"of_{back}", Verdict.PROVEN))

    def test_week_of_proven_backups(self, aws):
        self.nights(aws, 9)
        found = ask(BACKUPS, aws)
        assert (found.state, found.summary) == (State.GOOD, "7 backups, 7 proven")
        assert found.blocks[0].rows[0] == ("29 Nov 2026, 02:00:00 UTC", "0 B", "proven", "1 min")

    def test_night_without_proof_is_named(self, aws):
        self.nights(aws, of_3=Verdict.FAILED, of_4=None)
        found = ask(BACKUPS, aws)
        assert (found.state, found.summary) == (State.ATTENTION, "7 backups, 5 proven; none proven on 26 Nov, 27 Nov")

    def test_young_system_lacks_no_day_before_its_first(self, aws):
        self.nights(aws, 2)
        assert ask(BACKUPS, aws).state is State.GOOD

    def test_day_that_goes_on_is_not_lacking(self, aws):
        """On demand, before tonight's backup."""
        self.nights(aws, 8)
        assert ask(BACKUPS, aws, until=NOW, at=NOW).summary == "6 backups, 6 proven"

    def test_no_backup_at_all(self, aws):
        assert ask(BACKUPS, aws).summary == "there is no backup at all (runbook backup-failed)"

    def test_stopped_backups(self, aws):
        aws.backup(ago(days=20))
        found = ask(BACKUPS, aws)
        assert (found.state, found.summary.startswith("0 backups, 0 proven; none proven on 23 Nov")) == (
            State.ATTENTION,
            True,
        )


def test_drill_with_its_seconds(aws):
    aws.drill(ago(days=60), 500)
    aws.drill(ago(days=3), 600)
    found = ask(RESTORE_DRILL, aws, Period.MONTH)
    assert (found.state, found.summary) == (State.GOOD, "proven, in 10 min of 1 h that are allowed")
    assert {figure.name: figure.value for figure in found.figures}["restore_seconds"] == 580
    assert found.blocks[0].values == (500, 600)


@pytest.mark.parametrize(
    "fields", [{"proven": False, "verdict": Verdict.FAILED}, {"seconds": 3601.0}], ids=["failed", "slow"]
)
def test_drill_that_failed_or_took_too_long(aws, fields):
    aws.drill(ago(days=3), **({"findings": ("rows: 1 of 2",)} | fields))
    found = ask(RESTORE_DRILL, aws, Period.MONTH)
    assert found.state is State.ATTENTION
    assert found.blocks[-1].rows == (("rows: 1 of 2",),)


def test_drill_that_was_not_run(aws):
    aws.drill(ago(days=60))
    found = ask(RESTORE_DRILL, aws, Period.MONTH)
    assert (found.state, found.summary) == (
        State.ATTENTION,
        "no drill was run in this time; the last one was on 1 Oct 2026, 00:00:00 UTC",
    )


def test_point_in_time_is_not_called_rehearsed(aws):
    """That RDS could go back is known; that it does is not."""
    aws.drill(ago(days=30))
    aws.account = Account(
        {"rds.describe_db_instances": {"DBInstances": [{"LatestRestorableTime": NOW - timedelta(minutes=5)}]}}
    )
    found = ask(DISASTER_DRILL, aws, Period.QUARTER)
    assert found.state is State.UNKNOWN
    assert found.summary.endswith("point in time: restorable to 5 min ago, not rehearsed")


def test_point_in_time_that_was_rehearsed(aws):
    aws.drill(ago(days=30))
    aws.drill(ago(days=60), 900, kind=Sort.POINT_IN_TIME, backup="junkos-prod-database")
    found = ask(DISASTER_DRILL, aws, Period.QUARTER)
    assert found.state is State.GOOD
    assert found.summary.endswith("point in time: proven, in 15 min of 1 h that are allowed")
    assert found.blocks[-1].said.startswith("junkos-prod-database was restored on 1 Oct 2026, 00:00:00 UTC to")


def test_point_in_time_that_failed_is_named(aws):
    aws.drill(ago(days=30))
    failed = {"proven": False, "verdict": Verdict.FAILED, "findings": ("restore: no room",)}
    aws.drill(ago(days=20), 900, kind=Sort.POINT_IN_TIME, **failed)
    found = ask(DISASTER_DRILL, aws, Period.QUARTER)
    assert found.state is State.ATTENTION
    assert found.blocks[-1].said.endswith("Findings: restore: no room.")


def test_point_in_time_of_an_earlier_quarter_does_not_count(aws):
    aws.drill(ago(days=30))
    aws.drill(ago(days=130), 900, kind=Sort.POINT_IN_TIME)
    assert ask(DISASTER_DRILL, aws, Period.QUARTER, instance=None).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "shown"),
    [(DENIED, "unknown"), ({"DBInstances": [{}]}, "off (automatic backups)")],
    ids=["denied", "no automatic backups"],
)
def test_point_in_time_that_is_not_there(aws, answer, shown):
    aws.drill(ago(days=30))
    aws.account = Account({"rds.describe_db_instances": answer})
    assert ask(DISASTER_DRILL, aws, Period.QUARTER).summary.endswith(f"point in time: {shown}")


def load_test(**fields):
    steps = tuple(
        Step(multiple, 600 * multiple, 60, 600, 600, 600, 0, 0, {}, 10, Latency(10, 20, 30, 40), Passed.PASSED, "")
        for multiple in (1.0, 1.5, 2.0)
    )
    given = {
        "id": "1",
        "environment": "prod",
        "requested_by": "ana",
        "started_at": ago(days=5),
        "ended_at": ago(days=5),
        "hosts": ("api.example.com",),
        "routes": ("https://api.example.com/",),
        "busiest_per_minute": 600.0,
        "busiest_at": None,
        "proven_backup": "x",
        "steps": steps,
        "knee_multiple": None,
        "verdict": Passed.PASSED,
        "reason": "",
    }
    return LoadTestReport(**(given | fields))


def test_load_test_at_twice_the_traffic(aws):
    aws.reports.write(Kind.LOAD_TEST, ago(days=5), {JSON: load_test().to_json().encode()})
    found = ask(LOAD_TEST, aws, Period.QUARTER)
    assert (found.state, found.summary) == (State.GOOD, "passed: 2 x the busiest minute passed")


@pytest.mark.parametrize("verdict", [Passed.INCONCLUSIVE, Passed.STOPPED, Passed.FAILED])
def test_load_test_that_proves_nothing(aws, verdict):
    """A rate that was not reached is no pass."""
    report = load_test(verdict=verdict, reason="the target rate was not reached", knee_multiple=1.5)
    aws.reports.write(Kind.LOAD_TEST, ago(days=5), {JSON: report.to_json().encode()})
    found = ask(LOAD_TEST, aws, Period.QUARTER)
    assert (found.state, found.summary.startswith(f"{verdict}: ")) == (State.ATTENTION, True)


def test_load_test_that_was_not_run(aws):
    aws.reports.write(Kind.LOAD_TEST, ago(days=200), {JSON: load_test().to_json().encode()})
    found = ask(LOAD_TEST, aws, Period.QUARTER)
    assert (found.state, found.summary.startswith("not run in this time; the last one was on")) == (
        State.ATTENTION,
        True,
    )


def test_report_of_another_form_is_unknown(aws):
    aws.reports.write(Kind.LOAD_TEST, ago(days=5), {JSON: b"{}"})
    assert ask(LOAD_TEST, aws, Period.QUARTER).state is State.UNKNOWN


def answer(verdict, importance=Importance.SHOULD):
    return Answer(
        f"check-{verdict}", Part.WEEK, "line", "question?", importance, verdict, "why <b>", "what to do | now"
    )


def checklist(aws, *answers, at=ago(hours=1)):  # noqa: B008  (a moment of the story)
    report = Report("prod", "team", at, 3.0, answers, tuple(Part))
    aws.reports.write(Kind.CHECKLIST, at, {JSON: report.to_json().encode()})


def test_checklist_as_a_whole(aws):
    checklist(aws, answer(Says.PASS), answer(Says.FAIL), answer(Says.UNKNOWN, Importance.BLOCKER))
    found = ask(CHECKLIST, aws, Period.QUARTER)
    assert (found.state, found.summary) == (State.ATTENTION, "not ready: 1 blocker; 1 of 3 pass")
    assert [row[0] for row in found.blocks[1].rows] == ["check-unknown (blocker)", "check-fail"]


def test_checklist_that_passes(aws):
    checklist(aws, answer(Says.PASS), answer(Says.WAIVED))
    assert ask(CHECKLIST, aws, Period.QUARTER).state is State.GOOD


def test_old_checklist_is_unknown(aws):
    checklist(aws, answer(Says.PASS), at=ago(days=9))
    assert ask(CHECKLIST, aws, Period.QUARTER).state is State.UNKNOWN


def runbooks(aws, fired, *earlier):
    aws.account = Account(
        {
            "cloudwatch.describe_alarms": {"MetricAlarms": [alarm("slow", "latency")]},
            "cloudwatch.describe_alarm_history": {"AlarmHistoryItems": [change("slow", at) for at in fired]},
        }
    )
    for at, digests in earlier:
        section = {"name": "runbooks", "figures": {"digests": {"value": json.dumps(digests)}} if digests else {}}
        aws.reports.write(Kind.MONTH, at, {JSON: json.dumps({"sections": [section]}).encode()})
    return ask(RUNBOOKS, aws, Period.MONTH)


def test_page_with_the_text_from_before_its_alarm(aws):
    found = runbooks(aws, [ago(days=3)], (ago(days=29), {"service-slow": "22222222"}))
    assert (found.state, found.summary) == (State.ATTENTION, "1 page in use, 1 not touched since")
    assert found.blocks[0].rows[0][0] == "service-slow"


def test_page_that_was_changed(aws):
    """A review on demand after the change does not hide the text from before it."""
    earlier = [(ago(days=1), {"service-slow": "22222222"}), (ago(days=29), {"service-slow": "0000"})]
    assert runbooks(aws, [ago(days=3)], *earlier).state is State.GOOD


def test_first_review_knows_no_text_from_before(aws):
    found = runbooks(aws, [ago(days=3)])
    assert (found.state, found.figures[2].shown) == (State.NOTED, "service-slow")


def test_review_in_which_it_was_unknown(aws):
    assert runbooks(aws, [ago(days=3)], (ago(days=29), None)).state is State.NOTED


def test_quiet_month_keeps_the_digests(aws):
    found = runbooks(aws, [])
    assert found.state is State.GOOD
    assert json.loads(found.figures[0].value) == {"service-down": "11111111", "service-slow": "22222222"}
