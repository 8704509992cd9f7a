"""Full drills: which backup, when, and what is recorded of it."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.restore_verification import verify
from lambdas.restore_verification.drill import run_drill
from lambdas.restore_verification.examine import Examination
from lambdas.restore_verification.respond import respond
from lambdas.restore_verification.settings import Settings
from lambdas.restore_verification.verify import Verifier
from lambdas.shared.catalogue import Catalogue, NotABackupError
from lambdas.shared.drills import drills
from lambdas.shared.held_drills import BadSlotError, DrillRequest
from lambdas.vocabulary.backups import MANIFEST, VERIFICATION, Check, Result, Seconds, Verdict, Verification
from lambdas.vocabulary.drills import Occasion
from tests.backups import Backups

NOW = datetime(2026, 12, 1, 3, 30, 5, tzinfo=UTC)
SLOT = {"drill": True, "slot": "2026-12-01T03:30:00Z"}
BY_HAND = {"drill": True, "requested_by": "ana", "reason": "before the upgrade"}
BUCKET = "backups"
RESOURCES = None  # what `examine` would use, for which another stands in


class Bucket:
    """A bucket, and the verifier of what lies in it; a restore finds `result` after `seconds`."""

    def __init__(self, s3, monkeypatch):
        self.s3, self.examined = s3, []
        self.result, self.seconds, self.moment = Result.PASSED, 30.0, NOW
        monkeypatch.setattr(verify, "examine", self._examine)
        settings = Settings("test", BUCKET, "orders", timedelta(minutes=10), (), ())
        self.verifier = Verifier(settings, Catalogue(s3, BUCKET), clock=lambda: self.moment)

    def backup(self, hours_old, *, verdict=None):
        """A backup, restored before with that verdict."""
        manifest = Backups("orders", NOW - timedelta(hours=hours_old)).manifest
        self.s3.put_object(Bucket=BUCKET, Key=manifest.backup + MANIFEST, Body=manifest.to_json())
        if verdict:
            commit = self.verifier.catalogue.commit(manifest.backup)
            fields = {**Backups("orders", NOW).verification("").__dict__, "backup": manifest.backup}
            found = Verification(**{**fields, "manifest_sha256": commit.sha256, "verdict": verdict})
            self.s3.put_object(Bucket=BUCKET, Key=manifest.backup + VERIFICATION, Body=found.to_json())
        return manifest.backup

    def drill(self, event=SLOT):
        return run_drill(event, self.verifier, RESOURCES)

    def records(self):
        return drills(self.s3, BUCKET, "orders", since=NOW - timedelta(days=460))

    def _examine(self, backup, *_):
        self.examined.append(backup.manifest.backup)
        checks = (Check("tables equal", self.result, "4 tables"),)
        third = self.seconds / 3
        found = {"checks": checks, "seconds": Seconds(third, third, third), "server_version": "18.6"}
        return Examination(**found)


@pytest.fixture
def bucket(monkeypatch):
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        s3.create_bucket(Bucket=BUCKET)
        yield Bucket(s3, monkeypatch)


def test_newest_proven_backup_is_restored(bucket):
    bucket.backup(50, verdict=Verdict.PROVEN)
    proven = bucket.backup(26, verdict=Verdict.PROVEN)
    bucket.backup(14, verdict=Verdict.FAILED)
    bucket.backup(2)
    drill = bucket.drill()
    assert bucket.examined == [proven] == [drill.backup]
    assert (drill.verdict, drill.proven, drill.is_good) == (Verdict.PROVEN, True, True)


def test_without_a_proven_one_the_newest_is(bucket):
    bucket.backup(26, verdict=Verdict.FAILED)
    newest = bucket.backup(2)
    assert bucket.drill().backup == newest


def test_without_a_backup_it_fails(bucket):
    """It did not happen, and the function's error alarm says so."""
    with pytest.raises(NotABackupError, match="there is no backup of 'orders' to hold a drill with"):
        bucket.drill()
    assert bucket.records() == []


def test_record_has_the_drills_numbers(bucket):
    backup = bucket.backup(2)
    (record,) = [bucket.drill(BY_HAND)] and bucket.records()
    assert (record.occasion, record.backup, record.requested_by, record.reason) == (
        Occasion.ON_DEMAND,
        backup,
        "ana",
        "before the upgrade",
    )
    assert (record.seconds.total, record.recovery_time_objective, record.at) == (30, 600, NOW)
    tags = bucket.s3.get_object_tagging(Bucket=BUCKET, Key=record.key)["TagSet"]
    assert tags == [{"Key": "retention", "Value": "drill"}]
    assert record.key == "_drills/orders/20261201T033005Z-on-demand.json"


def test_slot_makes_one_drill(bucket):
    """A doubled run restores nothing, and changes nothing."""
    bucket.backup(2)
    first = bucket.drill()
    bucket.moment += timedelta(minutes=20)
    assert bucket.drill() == first
    assert len(bucket.examined) == len(bucket.records()) == 1


def test_record_is_not_overwritten(bucket):
    """Of two runs at the same time the first to end is the drill."""
    bucket.backup(2)
    other = []

    def meanwhile(*arguments):
        if not other:
            other.append(None)
            other[0] = bucket.drill()
            bucket.seconds = 60.0
        return bucket._examine(*arguments)

    verify.examine = meanwhile
    assert bucket.drill() == other[0]
    assert [record.seconds.total for record in bucket.records()] == [30]


def test_bad_drill_is_recorded_too(bucket, capsys):
    """The metrics of every verification are published: the same two alarms go off."""
    bucket.backup(2, verdict=Verdict.PROVEN)
    bucket.seconds = 900.0
    late = bucket.drill()
    assert (late.proven, late.is_within_objective, late.is_good) == (True, False, False)
    bucket.result, bucket.moment = Result.FAILED, NOW + timedelta(hours=1)
    failed = bucket.drill(BY_HAND)
    assert (failed.proven, failed.findings) == (False, ("tables equal: 4 tables",))
    published = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert [(each["verification_failed"], each.get("recovery_duration")) for each in published] == [
        ([0.0], [900.0]),
        ([1.0], None),
    ]
    assert [each.backup for each in bucket.records()] == [failed.backup, late.backup]


@pytest.mark.parametrize(
    ("slot", "occasion"),
    [
        ("2027-01-01T03:30:00Z", Occasion.QUARTER),
        ("2026-04-01T03:30:00+00:00", Occasion.QUARTER),
        ("2026-03-31T23:30:00-04:00", Occasion.QUARTER),
        ("2026-12-01T03:30:00Z", Occasion.MONTH),
    ],
)
def test_occasion_follows_from_the_slot(slot, occasion):
    assert DrillRequest.of({"slot": slot}, NOW).occasion is occasion


@pytest.mark.parametrize("slot", ["tomorrow", 5, ["2026-12-01"]])
def test_slot_that_is_no_time_is_refused(slot):
    with pytest.raises(BadSlotError, match="is no ISO 8601 time"):
        DrillRequest.of({"slot": slot}, NOW)


def test_s3_events_ask_for_verifications_only(bucket):
    """Whatever else is in them: an object's key is chosen by who writes it."""
    backup = bucket.backup(2)
    detail = {"bucket": {"name": BUCKET}, "object": {"key": backup + MANIFEST}}
    answer = respond({"detail": detail, "drill": True, "self_test": True}, bucket.verifier, RESOURCES)
    assert answer["backup"] == backup
    assert bucket.records() == []


def test_drill_is_answered_as_it_is_recorded(bucket):
    bucket.backup(2)
    answer = respond(SLOT, bucket.verifier, RESOURCES)
    assert json.loads(json.dumps(answer)) == json.loads(bucket.records()[0].to_json())
