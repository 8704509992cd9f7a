"""`ops <environment> review`: what is asked of the function, what is shown and written, and how it ends."""

import json
from datetime import timedelta
from types import SimpleNamespace

import boto3
import click
import pytest
from moto import mock_aws

from lambdas.shared.clock import now
from lambdas.shared.reports import Reports
from lambdas.vocabulary.reports import HTML, JSON, MARKDOWN, Kind
from ops.account import Account
from ops.chosen import Chosen
from ops.errors import OpsError
from ops.subjects import review as subject

REGION = "eu-central-1"
BUCKET = f"junkos-prod-reports-123456789012-{REGION}"
REVIEW = {
    "period": "week",
    "since": "2026-11-23T00:00:00+00:00",
    "until": "2026-11-30T00:00:00+00:00",
    "verdict": "1 of 2 needs attention",
    "sections": [
        {"heading": "Error rate", "state": "good", "summary": "0 % of 100 requests failed"},
        {"heading": "Uptime", "state": "needs attention", "summary": "api 99.1 %"},
    ],
}


class Ops:
    def __init__(self, monkeypatch, capsys):
        environment = SimpleNamespace(name="prod", service="junkos", region=REGION)
        self.chosen = Chosen("prod")
        account = Account(environment, boto3.Session(region_name=REGION))
        self.chosen.__dict__.update(settings=environment, account=account)
        self.capsys, self.invoked, self.answer = capsys, [], {}
        monkeypatch.setattr(Account, "invoke", self._invoke)
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.reports = Reports(s3, BUCKET)

    def _invoke(self, folder, **event):
        self.invoked.append((folder, event))
        return self.answer

    def keep(self, at):
        documents = {JSON: json.dumps(REVIEW).encode(), HTML: b"<!doctype html>", MARKDOWN: b"# Review"}
        return self.reports.write(Kind.WEEK, at, documents)

    def run(self, *arguments):
        subject.commands.main(arguments, obj=self.chosen, standalone_mode=False)
        return self.capsys.readouterr()


@pytest.fixture
def ops(monkeypatch, capsys):
    with mock_aws():
        yield Ops(monkeypatch, capsys)


def test_new_review_is_quiet_and_shown_worst_first(ops):
    ops.answer = {**REVIEW, "folder": ops.keep(now()), "not_kept": ""}
    shown = ops.run("week").out
    assert ops.invoked == [("review", {"period": "week", "quiet": True})]
    assert shown.index("Uptime") < shown.index("Error rate")
    assert "1 of 2 needs attention, from 23 Nov 2026" in shown


def test_mail_is_asked_for(ops):
    ops.answer = {**REVIEW, "folder": "x", "not_kept": ""}
    ops.run("month", "--mail")
    assert ops.invoked == [("review", {"period": "month", "quiet": False})]


def test_files_are_what_is_kept(ops, tmp_path):
    ops.answer = {**REVIEW, "folder": ops.keep(now()), "not_kept": ""}
    page, text = tmp_path / "r.html", tmp_path / "r.md"
    ops.run("week", "--html", str(page), "--md", str(text))
    assert (page.read_bytes(), text.read_bytes()) == (b"<!doctype html>", b"# Review")
    with pytest.raises(FileExistsError):
        ops.run("week", "--html", str(page))


def test_last_is_the_newest_that_is_kept(ops):
    ops.keep(now() - timedelta(days=8))
    newest = ops.keep(now() - timedelta(days=1))
    shown = json.loads(ops.run("week", "--last", "--json").out)
    assert (shown["folder"], ops.invoked) == (newest, [])


def test_none_is_kept_yet(ops):
    with pytest.raises(OpsError, match="no review of this kind is kept yet"):
        ops.run("quarter", "--last")


def test_review_that_could_not_be_kept(ops, tmp_path):
    """It is shown all the same; there is no page of it."""
    ops.answer = {**REVIEW, "folder": None, "not_kept": "AWS refused PutObject"}
    shown = ops.run("week")
    assert ("Uptime" in shown.out, "could not be kept: AWS refused PutObject" in shown.err) == (True, True)
    with pytest.raises(OpsError, match="AWS refused PutObject"):
        ops.run("week", "--html", str(tmp_path / "r.html"))


def test_last_and_mail_are_refused(ops):
    with pytest.raises(click.UsageError):
        ops.run("week", "--last", "--mail")


def test_periods_are_checked(ops):
    with pytest.raises(click.BadParameter):
        ops.run("year")
