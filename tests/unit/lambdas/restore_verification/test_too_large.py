"""A backup that is too large for the function's disk: who leaves it to a large run, and who does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from lambdas.restore_verification import verify
from lambdas.restore_verification.examine import Examination
from lambdas.restore_verification.respond import respond
from lambdas.restore_verification.settings import Settings
from lambdas.restore_verification.verify import Verifier
from lambdas.shared.large_runs import LargeRunFailedError
from lambdas.vocabulary.backups import Check, Result, Seconds, Verdict
from lambdas.vocabulary.large_runs import FAILED_RUN, ON_INSTANCE
from tests.backups import Backups

GB = 10**9
SLOT = "2026-12-01T03:30:00Z"
LEFT = {"too_large": {"bytes": 9 * GB, "limit": 8 * GB}}
RESOURCES = SimpleNamespace()  # what `examine` would use, for which another stands in


class Bucket(Backups):
    """With one backup, which no restore has been made of."""

    def verification(self, _prefix):
        return None


def catalogue(*, size=9 * GB, provable=8 * GB):
    found = Bucket("orders", datetime(2026, 12, 1, 2, tzinfo=UTC))
    found.__dict__["manifest"] = replace(found.manifest, database_bytes=size, provable_bytes=provable)
    return found


@pytest.fixture
def examined(monkeypatch):
    """The backups that were restored."""
    found = []

    def examine(backup, *_):
        found.append(backup.manifest.backup)
        return Examination((Check("tables equal", Result.PASSED, "4 tables"),), Seconds(1, 1, 1), "18.6")

    monkeypatch.setattr(verify, "examine", examine)
    return found


def responded(event=None, *, large_runs=True, of=None):
    backups = of or catalogue()
    settings = Settings("test", "backups", "orders", timedelta(minutes=10), (), (), large_runs)
    return respond(event or {"backup": backups.manifest.backup}, Verifier(settings, backups), RESOURCES)


def test_it_is_left_to_a_large_run(examined):
    assert responded() == LEFT
    assert examined == []


@pytest.mark.parametrize("size", [8 * GB, 1])
def test_smaller_one_is_proven(examined, size):
    assert responded(of=catalogue(size=size))["verdict"] == Verdict.PROVEN
    assert examined


def test_without_large_runs_it_is_proven_in_part(examined):
    """As far as the disk goes, which `examine` finds out."""
    assert responded(large_runs=None)["verdict"] == Verdict.PROVEN
    assert examined


def test_on_an_instance_none_is_too_large(examined, monkeypatch):
    monkeypatch.setenv(ON_INSTANCE, "true")
    assert responded()["verdict"] == Verdict.PROVEN
    assert examined


def test_manifest_without_a_limit_is_tried(examined):
    """Of an older backup."""
    assert responded(of=catalogue(provable=None))["verdict"] == Verdict.PROVEN
    assert examined


def test_drill_is_left_to_it_too(examined, monkeypatch):
    """And has no record before it was held."""
    monkeypatch.setattr("lambdas.restore_verification.drill.read_drill", lambda *_: None)
    recorded = []
    monkeypatch.setattr("lambdas.restore_verification.drill.record", lambda *_: recorded.append(_))
    assert responded({"drill": True, "slot": SLOT}) == LEFT
    assert (examined, recorded) == ([], [])


def test_proven_one_is_found_and_not_left_again(examined):
    """An event that comes twice orders no second instance."""
    backups = catalogue()
    verification = replace(Backups("orders", backups.at).verification(""), backup=backups.manifest.backup)
    backups.__dict__["verification"] = lambda _: verification
    detail = {"bucket": {"name": "backups"}, "object": {"key": f"{backups.manifest.backup}manifest.json"}}
    assert responded({"detail": detail}, of=backups)["verdict"] == Verdict.PROVEN
    assert examined == []


def test_failed_large_run_fails_the_function(caplog):
    """With its words, so that the function's alarm goes off."""
    with pytest.raises(LargeRunFailedError, match="VcpuLimitExceeded"):
        responded({FAILED_RUN: "the large run of restore_verification failed: VcpuLimitExceeded"})
    assert [it.levelname for it in caplog.records] == ["ERROR"]
