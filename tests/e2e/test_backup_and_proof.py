"""The main job, through the deployed functions and under their own roles."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from demo.console import Console
from demo.story.backup import PATIENCE, back_up, measure_recovery_points, show_restore_proven
from demo.story.damage import reject_damaged_backups
from emulator.stage import InvocationError
from lambdas.vocabulary.backups import MANIFEST, VERIFICATION, Manifest, Retention, Verdict, Verification


@pytest.fixture(scope="module")
def manifest(stage):
    console = Console()
    taken = back_up(stage, console)
    assert console.verdict()
    return taken


@pytest.fixture(scope="module")
def verification(stage, manifest):
    return Verification.from_json(stage.wait_for(manifest.backup + VERIFICATION, PATIENCE))


def test_every_claim_of_the_story_holds(stage, manifest):
    console = Console()
    show_restore_proven(stage, console, manifest)
    measure_recovery_points(stage, console)
    reject_damaged_backups(stage, console, manifest)
    assert [text for text, holds in console.claims if not holds] == []


def test_first_backup_of_month_is_monthly(manifest):
    """The first backup of a month is kept as the months."""
    assert manifest.retention is Retention.MONTHLY


def test_verification_on_demand_answers_as_documented(stage, manifest):
    """A verification on demand answers in the documented shape."""
    answer = stage.invoke("restore_verification", backup=manifest.backup)
    assert set(answer) == {"backup", "verdict", "checks", "seconds", "accepted", "left_out", "part"}
    assert set(answer["seconds"]) == {"fetch", "restore", "verify"}
    assert all(set(check) == {"name", "result", "detail"} for check in answer["checks"])
    assert answer["verdict"] == Verdict.PROVEN


def test_the_verification_speaks_of_this_very_manifest(stage, manifest, verification):
    assert verification.backup == manifest.backup
    assert verification.correlation_id == manifest.correlation_id


def test_repeated_slot_makes_one_backup(stage):
    """A slot that is delivered twice makes one backup."""
    slot = "2026-01-05T02:00:00Z"
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda _: stage.invoke("database_backup", slot=slot), range(2)))
    assert answers[0]["backup"] == answers[1]["backup"]
    assert answers[0]["backup"].startswith("junkos/2026/01/05/20260105T020000Z-")
    named = Manifest.from_json(stage.read(answers[0]["backup"] + MANIFEST)).slot
    assert datetime.fromisoformat(named) == datetime.fromisoformat(slot)


def test_second_run_reports_the_first(stage):
    """A second run on demand says that one is under way."""
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(stage.invoke, "database_backup") for _ in range(3)]
    refused = [run.exception() for run in runs if run.exception()]
    assert len(refused) < len(runs)
    assert all(isinstance(error, InvocationError) and error.type == "BackupUnderWayError" for error in refused)
    for run in runs:
        if not run.exception():
            assert MANIFEST in stage.sizes(run.result()["backup"])


def test_unknown_backup_is_refused(stage):
    """An unknown backup is refused in one line."""
    with pytest.raises(InvocationError, match="is not a backup") as refused:
        stage.invoke("restore_verification", backup="junkos/2020/01/01/20200101T000000Z-00000000/")
    assert refused.value.type == "NotABackupError"
    assert "\n" not in str(refused.value)
