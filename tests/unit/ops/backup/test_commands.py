"""`ops prod backup <verb>`: as tables, as JSON, and by exit code."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from lambdas.shared.catalogue import NotABackupError
from lambdas.vocabulary.backups import Verdict
from ops.backup import listing
from ops.chosen import Chosen
from ops.errors import ExitCode, OpsError, UsageError
from ops.subjects.backup import commands
from tests.backups import Backups

TAKEN = datetime(2026, 11, 24, 2, tzinfo=UTC)
BACKUPS = Backups("junkos", TAKEN)
PREFIX = BACKUPS.manifest.backup
VERIFIED = {"backup": PREFIX, "checks": [], "left_out": [], "accepted": []}


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
    ("verdict", "code"),
    [
        ("proven", ExitCode.DONE),
        ("proven but for", ExitCode.DONE),
        ("not provable", ExitCode.WRONG),
        ("failed", ExitCode.WRONG),
    ],
)
def test_verify_ends_by_the_verdict(verdict, code, capsys):
    assert run("verify", answer=VERIFIED | {"verdict": verdict}) == code
    assert capsys.readouterr().out == f"{PREFIX} is {verdict}\n"


def test_a_new_backup_is_named_first(capsys):
    run("now", answer={"backup": PREFIX, "tables": 28, "rows": 412_621, "stored_bytes": 10_800_000})
    assert capsys.readouterr().out == f"{PREFIX}\n28 tables, 412,621 rows, 10,800,000 bytes\n"
