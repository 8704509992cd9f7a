"""`ops local self-test` and `ops local backup drill` against the embedded account, each function under its own role."""

import json
import os
import subprocess
import sys

import pytest

from demo.story.backup import PATIENCE
from emulator.account import ACCOUNT_ID, REGION
from lambdas.vocabulary.backups import VERIFICATION
from lambdas.vocabulary.reports import Kind, bucket_of_reports
from lambdas.vocabulary.self_test import ProbeName


@pytest.fixture(scope="module")
def operator(started):
    """Runs one command as an operator would."""
    environment = {**os.environ, **started.stage.account.client_environment()}

    def run(*arguments):
        command = [sys.executable, "-m", "ops", "local", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="module")
def report(stage, operator):
    """What the self-test answered, after a check of the database has published its metrics."""
    stage.invoke("database_check")
    done = operator("self-test", "--json")
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)


def test_each_probe_says_what_is_so_here(report):
    """The embedded account masks nothing and has no public address; all else works as at AWS."""
    assert {result["probe"]: (result["outcome"]) for result in report["results"]} == {
        ProbeName.POSTGRESQL: "passed",
        ProbeName.DATABASE: "passed",
        ProbeName.METRICS: "passed",
        ProbeName.MASKING: "failed",
        ProbeName.SUBSCRIPTIONS: "passed",
        ProbeName.STATUS_PAGE: "failed",
        ProbeName.INCIDENT_FRONT: "passed",
        ProbeName.ERROR_INTAKE: "passed",
    }, json.dumps(report["results"], indent=1)


def test_failures_say_what_follows_and_what_to_do(report):
    failures = [result for result in report["results"] if result["outcome"] == "failed"]
    assert all(result["meaning"] and result["remedy"] for result in failures)


def test_report_is_kept(stage, report):
    bucket = bucket_of_reports(stage.environment, ACCOUNT_ID, REGION)
    stored = stage.client("s3").get_object(Bucket=bucket, Key=f"{report['report']}report.json")["Body"].read()
    assert report["report"].startswith(f"{Kind.SELF_TEST}/")
    assert json.loads(stored)["results"] == report["results"]


@pytest.fixture(scope="module")
def backup(stage, operator):
    done = operator("backup", "now", "--reason", "test")
    assert done.returncode == 0, done.stderr
    prefix = done.stdout.splitlines()[0]
    stage.wait_for(prefix + VERIFICATION, PATIENCE)
    return prefix


def test_drill_restores_the_newest_proven_backup(stage, operator, backup):
    """It ends with 0, its record is kept, and the list has it with its trend."""
    done = operator("backup", "drill", "--json", "--reason", "before the audit")
    assert done.returncode == 0, done.stdout + done.stderr
    drill = json.loads(done.stdout)
    assert (drill["backup"], drill["verdict"], drill["reason"]) == (backup, "proven", "before the audit")
    listed = json.loads(operator("backup", "drills", "--json").stdout)
    assert listed["drills"] == [drill]
    assert listed["trend"]["drills"] == 1


def test_scheduled_drill_is_held_once(stage, backup):
    """As the schedule invokes it, twice."""
    event = {"drill": True, "slot": "2026-10-01T03:30:00Z"}
    first, again = (stage.invoke("restore_verification", **event) for _ in range(2))
    assert first == again
    assert first["occasion"] == "quarter"
    records = stage.sizes("_drills/")
    assert [key for key in records if key.endswith("20261001T033000Z-quarter.json")]
