"""The ages of recovery points, from what lies in a bucket."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.recovery_check.check_recovery import check_recovery
from lambdas.recovery_check.settings import Settings
from lambdas.shared.catalogue import Catalogue
from lambdas.vocabulary.backups import (
    DUMP,
    MANIFEST,
    RETENTION_TAG,
    VERIFICATION,
    Acceptance,
    Check,
    Manifest,
    Result,
    Retention,
    Seconds,
    StoredObject,
    Verdict,
    Verification,
    prefix_of,
)
from ops.backup.select import commit_of

BUCKET = "backups"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SETTINGS = Settings(
    environment="test",
    bucket=BUCKET,
    database="orders",
    instance_identifier=None,
    restorable_time_healthy=timedelta(minutes=15),
)


@pytest.fixture
def s3():
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield client


@pytest.fixture
def catalogue(s3):
    return Catalogue(s3, BUCKET)


def check(catalogue, rds=None, settings=SETTINGS):
    return check_recovery(settings, catalogue, rds, clock=lambda: NOW)


def commit(s3, *, hours_ago: float, retention: Retention = Retention.DAILY, dated: datetime | None = None) -> Manifest:
    """A committed backup whose snapshot was taken so many hours before now; its folder may bear another date."""
    moment = NOW - timedelta(hours=hours_ago)
    prefix = prefix_of("orders", dated or moment, key=moment.isoformat())
    manifest = Manifest(
        backup=prefix,
        database="orders",
        server_version="18.6",
        client_version="18.6",
        snapshot_at=moment.isoformat(),
        started_at=moment.isoformat(),
        finished_at=moment.isoformat(),
        raw_bytes=4,
        database_bytes=4,
        objects={DUMP: StoredObject(4, hashlib.sha256(b"dump").hexdigest())},
        pg_dump_exit_status=0,
        extensions=(),
        tables=(),
        retention=retention,
        correlation_id="test",
    )
    for name, body in ((DUMP, b"dump"), (MANIFEST, manifest.to_json())):
        s3.put_object(Bucket=BUCKET, Key=prefix + name, Body=body, Tagging=f"{RETENTION_TAG}={retention}")
    return manifest


def verify(s3, manifest: Manifest, verdict: Verdict = Verdict.PROVEN, **changes: object) -> None:
    verification = Verification(
        backup=manifest.backup,
        manifest_sha256=hashlib.sha256(manifest.to_json()).hexdigest(),
        verdict=verdict,
        checks=(Check("tables equal", Result.PASSED, "3 tables"),),
        seconds=Seconds(1, 2, 3),
        recovery_time_objective=3600,
        started_at=NOW.isoformat(),
        finished_at=NOW.isoformat(),
        requested_by="test",
        reason="test",
        server_version="18.6",
        correlation_id="test",
    )
    document = replace(verification, **changes).to_json()
    s3.put_object(Bucket=BUCKET, Key=manifest.backup + VERIFICATION, Body=document)


def retention_of(s3, manifest: Manifest) -> str:
    return s3.get_object_tagging(Bucket=BUCKET, Key=manifest.backup + DUMP)["TagSet"][0]["Value"]


def published(output: str) -> dict[str, float]:
    lines = [json.loads(line) for line in output.splitlines() if '"_aws"' in line]
    names = {metric["Name"] for line in lines for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    return {name: line[name][0] for line in lines for name in names}


def test_ages_of_newest_and_proven(s3, catalogue, capsys):
    """Ages are those of the newest backup and of the newest proven one."""
    verify(s3, commit(s3, hours_ago=30))
    commit(s3, hours_ago=6)

    ages = check(catalogue)

    assert ages == {"backup_age": 6 * 3600, "verified_backup_age": 30 * 3600, "restorable_time_age": None}
    assert published(capsys.readouterr().out) == {"backup_age": 6 * 3600, "verified_backup_age": 30 * 3600}


def test_empty_bucket_publishes_nothing(catalogue, capsys):
    """An empty bucket publishes nothing so that missing data raises the alarm."""
    assert check(catalogue) == {"backup_age": None, "verified_backup_age": None, "restorable_time_age": None}
    assert published(capsys.readouterr().out) == {}


def test_folder_without_manifest_is_ignored(s3, catalogue):
    """A folder without a manifest is no backup."""
    manifest = commit(s3, hours_ago=6)
    s3.delete_object(Bucket=BUCKET, Key=manifest.backup + MANIFEST)

    assert check(catalogue)["backup_age"] is None


def test_moved_manifest_is_ignored(s3, catalogue):
    """A manifest moved from another folder is no backup."""
    manifest = commit(s3, hours_ago=30)
    elsewhere = prefix_of("orders", NOW - timedelta(hours=1), key="moved")
    s3.put_object(Bucket=BUCKET, Key=elsewhere + MANIFEST, Body=manifest.to_json())

    assert check(catalogue)["backup_age"] == 30 * 3600


def test_garbled_manifest_does_not_hide_others(s3, catalogue):
    """A garbled manifest does not hide the backup before it."""
    verify(s3, commit(s3, hours_ago=30))
    newer = commit(s3, hours_ago=6)
    s3.put_object(Bucket=BUCKET, Key=newer.backup + MANIFEST, Body=b"{")

    assert check(catalogue)["verified_backup_age"] == 30 * 3600


def test_future_snapshot_does_not_silence_alarm(s3, catalogue):
    """A snapshot in the future cannot silence the alarm."""
    commit(s3, hours_ago=-48)

    assert check(catalogue)["backup_age"] is None


def test_future_folder_is_not_newest(s3, catalogue):
    """Slots in the future were accepted once."""
    old = commit(s3, hours_ago=30, dated=datetime(2099, 1, 1, tzinfo=UTC))
    verify(s3, old)
    newest = commit(s3, hours_ago=6)
    verify(s3, newest)

    assert check(catalogue)["backup_age"] == 6 * 3600
    assert check(catalogue)["verified_backup_age"] == 6 * 3600
    assert commit_of(catalogue, "orders", "latest").manifest == newest
    assert catalogue.prefixes("orders") == [newest.backup, old.backup]


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.NOT_PROVABLE])
def test_failed_verification_is_not_proof(s3, catalogue, verdict):
    """A backup that was restored without success is not proven."""
    verify(s3, commit(s3, hours_ago=6), verdict)

    assert check(catalogue)["verified_backup_age"] is None


@pytest.mark.parametrize(("until", "age"), [("2026-03-10", 6 * 3600), ("2026-03-09", 30 * 3600)])
def test_exception_lasts_through_its_day(s3, catalogue, caplog, until, age):
    """A proof with an exception counts to the end of its last day."""
    verify(s3, commit(s3, hours_ago=30))
    accepted = (Acceptance("extension postgis", until, "by hand"),)
    verify(s3, commit(s3, hours_ago=6), Verdict.PROVEN_BUT_FOR, accepted=accepted)
    assert check(catalogue)["verified_backup_age"] == age
    [verdict] = [record.verdict for record in caplog.records if record.getMessage() == "recovery points measured"]
    assert ("but for extension postgis" in verdict) is (age == 6 * 3600)


def test_unnamed_exception_does_not_count(s3, catalogue):
    """A proof with an exception that names none does not count."""
    verify(s3, commit(s3, hours_ago=6), Verdict.PROVEN_BUT_FOR)
    assert check(catalogue)["verified_backup_age"] is None


def test_a_verification_of_another_manifest_proves_nothing(s3, catalogue):
    manifest = commit(s3, hours_ago=6)
    verify(s3, manifest, manifest_sha256="0" * 64)

    assert check(catalogue)["verified_backup_age"] is None


class Rds:
    def __init__(self, instance: dict) -> None:
        self.instance = instance

    def describe_db_instances(self, *, DBInstanceIdentifier: str) -> dict:  # noqa: N803  (boto3's own name)
        assert DBInstanceIdentifier == "orders-db"
        return {"DBInstances": [self.instance]}


AT_RDS = replace(SETTINGS, instance_identifier="orders-db")


def test_restorable_time_is_from_rds(catalogue):
    """The restorable time is the one that rds names."""
    instance = Rds({"LatestRestorableTime": NOW - timedelta(minutes=4), "InstanceCreateTime": NOW - timedelta(days=9)})
    assert check(catalogue, instance, AT_RDS)["restorable_time_age"] == 240
    assert check(catalogue, Rds({}), AT_RDS)["restorable_time_age"] is None


@pytest.mark.parametrize(("minutes", "sent"), [(15, {}), (16, {"restorable_time_age": 16 * 60})])
def test_restorable_time_sent_only_when_late(catalogue, capsys, minutes, sent):
    """The age of the restorable time is sent only when it is not well."""
    check(catalogue, Rds({"LatestRestorableTime": NOW - timedelta(minutes=minutes)}), AT_RDS)
    assert published(capsys.readouterr().out) == sent


def test_never_backed_up_ages_since_creation(catalogue, capsys):
    """An instance that was never backed up is as old as what it would lose."""
    check(catalogue, Rds({"InstanceCreateTime": NOW - timedelta(days=9)}), AT_RDS)
    assert published(capsys.readouterr().out) == {"restorable_time_age": 9 * 86400}


def test_newest_proven_is_pinned(s3, catalogue):
    """The newest proven backup is kept and its forerunner released."""
    first = commit(s3, hours_ago=200, retention=Retention.WEEKLY)
    verify(s3, first)
    check(catalogue)
    assert retention_of(s3, first) == Retention.LATEST_PROVEN

    second = commit(s3, hours_ago=6)
    check(catalogue)
    assert retention_of(s3, first) == Retention.LATEST_PROVEN, "an unproven backup must not take its place"

    verify(s3, second)
    check(catalogue)
    assert retention_of(s3, first) == Retention.WEEKLY
    assert retention_of(s3, second) == Retention.LATEST_PROVEN
    for name in (MANIFEST, VERIFICATION):
        tags = s3.get_object_tagging(Bucket=BUCKET, Key=second.backup + name)["TagSet"]
        assert tags == [{"Key": RETENTION_TAG, "Value": "latest-proven"}]


def test_expired_dump_causes_no_error(s3, catalogue):
    """A backup whose dump expired before its manifest is in nobodys way."""
    expiring = commit(s3, hours_ago=800)
    s3.delete_object(Bucket=BUCKET, Key=expiring.backup + DUMP)
    newest = commit(s3, hours_ago=6)
    verify(s3, newest)

    check(catalogue)

    assert retention_of(s3, newest) == Retention.LATEST_PROVEN
