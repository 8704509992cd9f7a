"""`ops prod backup <verb>`: as tables, as JSON, and by exit code."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from lambdas.shared.catalogue import NotABackupError
from lambdas.vocabulary.backups import Seconds, Verdict
from lambdas.vocabulary.drills import Drill, Kind, Occasion
from ops.backup import listing
from ops.chosen import Chosen
from ops.errors import ExitCode, OpsError, UsageError
from ops.subjects import backup as backup_commands
from ops.subjects.backup import commands
from tests.backups import Backups

TAKEN = datetime(2026, 11, 24, 2, tzinfo=UTC)
BACKUPS = Backups("junkos", TAKEN)
PREFIX = BACKUPS.manifest.backup
SECONDS = {"fetch": 1.0, "restore": 2.0, "verify": 3.0}
VERIFIED = {"backup": PREFIX, "checks": [], "seconds": SECONDS, "left_out": [], "accepted": []}
POSTGIS = {"what": "extension postgis", "until": "2999-12-31", "reason": "by hand"}
SIZE = {**POSTGIS, "what": "database size"}
PART = {"share": 0.25, "restored_at": {"public.events": "2026-11-20T02:10:00+00:00", "public.log": None}}
IN_PART = "proven in part, 25% of its bytes; public.events last on 2026-11-20; never public.log"


@pytest.fixture(autouse=True)
def the_time(monkeypatch):
    monkeypatch.setattr(listing, "now", lambda: TAKEN + timedelta(hours=6))


def run(*arguments, catalogue=BACKUPS, answer=None):
    chosen = Chosen("prod")
    chosen.__dict__["settings"] = SimpleNamespace(database=SimpleNamespace(name="junkos"))
    account = SimpleNamespace(catalogue=lambda: catalogue, invoke=lambda *_, **__: answer)
    chosen.__dict__["account"] = account
    return commands.main(arguments, obj=chosen, standalone_mode=False) or ExitCode.DONE


def test_a_list_of_no_backups_says_so(capsys):
    assert run("list", catalogue=SimpleNamespace(prefixes=lambda _: [])) == ExitCode.DONE
    assert capsys.readouterr().out == "there is no backup of junkos yet: ops prod backup now takes one\n"


def test_list_has_line_per_backup(capsys):
    """A list has a line for each backup."""
    run("list")
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split() == ["backup", "age", "rows", "stored", "verdict"]
    assert line.split() == [PREFIX, "6.0", "h", "0", "0", "B", "proven"]


def test_a_list_as_json(capsys):
    run("list", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "database": "junkos",
        "backups": [
            {
                "backup": PREFIX,
                "snapshot_at": "2026-11-24T02:00:00+00:00",
                "rows": 0,
                "stored_bytes": 0,
                "verdict": "proven",
                "proven": True,
            }
        ],
    }


def test_unverified_backup_has_no_verdict(capsys):
    """A backup that was not verified has no verdict."""
    unverified = SimpleNamespace(prefixes=BACKUPS.prefixes, commit=BACKUPS.commit, verification=lambda _: None)
    run("list", "--json", catalogue=unverified)
    [found] = json.loads(capsys.readouterr().out)["backups"]
    assert (found["verdict"], found["proven"]) == (None, False)
    run("show", PREFIX, catalogue=unverified)
    assert "not verified" in capsys.readouterr().out


def test_one_backup_is_shown_with_its_checks(capsys):
    run("show")
    shown = capsys.readouterr().out
    assert f"backup     {PREFIX}\n" in shown
    assert "verdict    proven\n" in shown
    assert shown.endswith("✓ tables equal: 4 tables\n")


def test_one_backup_as_json(capsys):
    run("show", PREFIX, "--json")
    shown = json.loads(capsys.readouterr().out)
    assert (shown["backup"], shown["server_version"], shown["proven"]) == (PREFIX, "18.6", True)
    assert shown["verification"]["checks"] == [{"check": "tables equal", "result": "passed", "detail": "4 tables"}]


def test_latest_wants_a_backup_that_was_proven():
    failed = replace(BACKUPS.verification(""), verdict=Verdict.FAILED)
    unproven = SimpleNamespace(prefixes=BACKUPS.prefixes, commit=BACKUPS.commit, verification=lambda _: failed)
    with pytest.raises(OpsError, match="no backup of 'junkos' was proven yet"):
        run("show", catalogue=unproven)


def test_folder_without_backup_is_wrong_usage():
    """A folder that is no backup is wrong usage."""

    def commit(prefix):
        raise NotABackupError(f"{prefix!r} is not a backup")

    with pytest.raises(UsageError, match="'x/' is not a backup"):
        run("show", "x", catalogue=SimpleNamespace(commit=commit))


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ({"verdict": "proven"}, ExitCode.DONE, "proven"),
        (
            {"verdict": "proven but for", "accepted": [POSTGIS]},
            ExitCode.DONE,
            "proven but for extension postgis (until 2999-12-31: by hand)",
        ),
        ({"verdict": "not provable"}, ExitCode.WRONG, "not provable"),
        ({"verdict": "failed"}, ExitCode.WRONG, "failed"),
        ({"verdict": "proven in part", "part": PART}, ExitCode.WRONG, IN_PART),
        (
            {"verdict": "proven in part", "part": PART, "accepted": [SIZE]},
            ExitCode.DONE,
            f"{IN_PART}; accepted: database size (until 2999-12-31: by hand)",
        ),
    ],
)
def test_verify_ends_by_the_verdict(answer, code, said, capsys):
    assert run("verify", answer=VERIFIED | answer) == code
    assert capsys.readouterr().out == f"{PREFIX} is {said}\n"


def test_a_new_backup_is_named_first(capsys):
    run("now", answer={"backup": PREFIX, "tables": 28, "rows": 412_621, "stored_bytes": 10_800_000})
    assert capsys.readouterr().out == f"{PREFIX}\n28 tables, 412,621 rows, 10,800,000 bytes\n"


DRILL = Drill(
    at=datetime(2026, 11, 1, 3, 30, tzinfo=UTC),
    occasion=Occasion.MONTH,
    database="junkos",
    backup=PREFIX,
    snapshot_at=TAKEN,
    database_bytes=2 * 10**9,
    verdict=Verdict.PROVEN,
    proven=True,
    seconds=Seconds(10, 40, 10),
    recovery_time_objective=600,
    server_version="18.6",
    requested_by="schedule",
    reason="full drill of the month",
)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, ExitCode.DONE),
        ({"proven": False, "verdict": Verdict.FAILED, "findings": ("tables equal: 1 differs",)}, ExitCode.WRONG),
        ({"seconds": Seconds(10, 900, 10)}, ExitCode.WRONG),
    ],
    ids=["good", "failed", "late"],
)
def test_a_drill_ends_as_it_went(capsys, changed, code):
    done = replace(DRILL, **changed)
    assert run("drill", answer=json.loads(done.to_json())) == code
    said = capsys.readouterr().out
    assert f"verdict        {done.verdict}\n" in said
    assert all(f"✗ {finding}\n" in said for finding in done.findings)
    assert run("drill", "--json", answer=json.loads(done.to_json())) == code
    found = json.loads(capsys.readouterr().out)
    assert (found["occasion"], found["proven"], found["within_objective"]) == (
        "month",
        done.proven,
        done.is_within_objective,
    )


@pytest.fixture
def bucket():
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        s3.create_bucket(Bucket="backups")
        yield SimpleNamespace(s3=s3, bucket="backups")


def test_drills_are_listed_with_their_trend(bucket, capsys, monkeypatch):
    monkeypatch.setattr(backup_commands, "now", lambda: TAKEN)
    for month, seconds in ((8, 30), (9, 45), (10, 60)):
        at = DRILL.at.replace(month=month)
        done = replace(DRILL, at=at, occasion=Occasion.of_slot(at), seconds=Seconds(0, seconds, 0))
        bucket.s3.put_object(Bucket="backups", Key=done.key, Body=done.to_json())
    assert run("drills", catalogue=bucket) == ExitCode.DONE
    heading, newest, *_, line = capsys.readouterr().out.splitlines()
    assert heading.split()[:3] == ["drill", "backup", "verdict"]
    assert newest.split()[:4] == ["2026-10-01", "quarter", PREFIX, "proven"]
    assert line.startswith("the newest took 1 min, 10% of the RTO, 15 s longer than the one before; at this growth the")
    run("drills", "--json", catalogue=bucket)
    found = json.loads(capsys.readouterr().out)
    assert [each["total_seconds"] for each in found["drills"]] == [60, 45, 30]
    assert (found["trend"]["change"], found["trend"]["share_of_objective"]) == (15, 0.1)


def test_no_drill_says_how_to_hold_one(bucket, capsys):
    run("drills", catalogue=bucket)
    assert capsys.readouterr().out == "there was no drill of junkos yet: ops prod backup drill holds one\n"
    run("drills", "--json", catalogue=bucket)
    assert json.loads(capsys.readouterr().out) == {
        "database": "junkos",
        "drills": [],
        "trend": None,
        "point_in_time_trend": None,
    }


OF_RDS = replace(DRILL, kind=Kind.POINT_IN_TIME, backup="junkos-prod-database", seconds=Seconds(0, 540, 3))


def test_drills_of_both_kinds_are_listed_and_their_times_kept_apart(bucket, capsys, monkeypatch):
    monkeypatch.setattr(backup_commands, "now", lambda: TAKEN)
    for done in (DRILL, replace(OF_RDS, at=DRILL.at + timedelta(days=1))):
        bucket.s3.put_object(Bucket="backups", Key=done.key, Body=done.to_json())
    run("drills", catalogue=bucket)
    _, newest, older, *lines = capsys.readouterr().out.splitlines()
    assert "RDS: junkos-prod-database" in newest
    assert PREFIX in older
    assert [line[:40] for line in lines] == [
        "the newest took 1 min, 10% of the RTO, the first"[:40],
        "RDS's own backups: the newest took 9 min, 90%"[:40],
    ]
    run("drills", "--json", catalogue=bucket)
    found = json.loads(capsys.readouterr().out)
    assert [each["kind"] for each in found["drills"]] == ["point-in-time", "backup"]
    assert (found["trend"]["seconds"], found["point_in_time_trend"]["seconds"]) == (60, 543)
