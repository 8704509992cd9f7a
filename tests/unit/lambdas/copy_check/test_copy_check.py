"""Every fault of a copy is one line that names it; a delay is none, and a whole copy has none."""

import json
from datetime import date, timedelta

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from lambdas.copy_check import read_whole
from lambdas.copy_check.check_copies import check_copies
from lambdas.copy_check.faults import PATIENCE
from lambdas.copy_check.settings import Settings
from lambdas.shared.clock import Deadline
from lambdas.vocabulary.backups import DUMP, MANIFEST, ROLES, VERIFICATION, Retention, Verdict
from tests.unit.lambdas.copy_check.buckets import COPIES_KEY, HOME_KEY, NOW, World

SETTINGS = Settings(
    environment="test",
    bucket="backups",
    database="orders",
    copy_region="eu-central-1",
    copies="copies",
    copies_key=COPIES_KEY,
)
HOUR = 3600.0
A_DAY = date(2026, 3, 10)


@pytest.fixture
def world():
    return World()


def check(world, read_of=None, seconds=900):
    return check_copies(SETTINGS, world.copies, read_of=read_of, deadline=Deadline.within(seconds), clock=lambda: NOW)


def published(output):
    lines = [json.loads(line) for line in output.splitlines() if '"_aws"' in line]
    names = {metric["Name"] for line in lines for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    return {name: line[name][0] for line in lines for name in names if name in line}


def test_whole_copy_has_an_age_and_no_fault(world, capsys):
    prefix = world.back_up(hours_ago=10)
    found = check(world)
    assert (found.newest.manifest.backup, found.age, found.faults, found.waiting) == (prefix, 10 * HOUR, (), ())
    assert published(capsys.readouterr().out) == {"copied_backup_age": 10 * HOUR}


def test_no_proven_backup_yet_publishes_nothing(world, capsys):
    """Missing data is what the alarm on the age then sees; an unproven backup is not looked for."""
    world.back_up(verdict=Verdict.FAILED, copied=False)
    found = check(world)
    assert (found.newest, found.age, found.faults) == (None, None, ())
    assert published(capsys.readouterr().out) == {}


def change(world, name, *, here=None, there=None):
    """Change attributes of the newest backup's object and of its copy."""
    prefix = max(key.rpartition("/")[0] for key in world.here.objects) + "/"
    for bucket, changes in ((world.here, here), (world.there, there)):
        for attribute, value in (changes or {}).items():
            setattr(bucket.objects[prefix + name], attribute, value)
    return prefix


def lose(world, name, status):
    prefix = change(world, name, here={"status": status})
    del world.there.objects[prefix + name]


def replace_dump(world):
    change(world, DUMP, there={"body": b"the dumP", "sha256": "another"})


FAULTS = {
    "object missing": (lambda world: lose(world, DUMP, "COMPLETED"), "is missing in eu-central-1, though S3 says"),
    "manifest missing": (lambda world: lose(world, MANIFEST, "COMPLETED"), "manifest.json is missing in eu-central-1"),
    "verdict missing": (lambda world: lose(world, VERIFICATION, "COMPLETED"), "verification.json is missing"),
    "given up": (lambda world: lose(world, ROLES, "FAILED"), "was not copied: S3 gave up"),
    "newer version given up": (
        lambda world: change(world, DUMP, here={"status": "FAILED"}),
        "has a newer version that was not copied",
    ),
    "shorter": (lambda world: change(world, DUMP, there={"body": b"the"}), "is damaged: 3 of 8 bytes"),
    "other bytes": (replace_dump, "is damaged: S3's SHA-256 is another there"),
    "no checksum": (lambda world: change(world, DUMP, there={"sha256": None}), "S3's SHA-256 is None there"),
    "other manifest": (
        lambda world: change(world, MANIFEST, there={"body": b"{}"}),
        "is another manifest: SHA-256 44136fa3",
    ),
    "other verdict": (
        lambda world: change(world, VERIFICATION, there={"body": b"{}"}),
        "is another verdict than the one here",
    ),
    "wrong key": (
        lambda world: change(world, DUMP, there={"key_arn": HOME_KEY}),
        f"is encrypted with {HOME_KEY}, not with {COPIES_KEY}",
    ),
    "no key": (lambda world: change(world, ROLES, there={"key_arn": None}), "is encrypted with no key of KMS"),
    "other tags": (
        lambda world: change(world, DUMP, there={"tag": Retention.MONTHLY}),
        "is tagged retention=monthly, here retention=daily",
    ),
    "expires": (
        lambda world: change(world, DUMP, here={"tag": "uncommitted"}, there={"tag": "uncommitted"}),
        "is tagged uncommitted: it expires within a day",
    ),
}


@pytest.mark.parametrize(("damage", "line"), FAULTS.values(), ids=FAULTS)
def test_fault_is_one_line_and_an_alarm(world, capsys, damage, line):
    """And the copy of the backup before is what a recovery would have."""
    older = world.back_up(hours_ago=34)
    prefix = world.back_up(hours_ago=10)
    damage(world)
    found = check(world)
    assert any(line in fault and prefix in fault and "\n" not in fault for fault in found.faults), found.faults
    assert (found.newest.manifest.backup, found.age) == (older, 34 * HOUR)
    assert published(capsys.readouterr().out) == {"copied_backup_age": 34 * HOUR, "copy_faults": len(found.faults)}


@pytest.mark.parametrize(("late", "is_fault"), [(timedelta(0), False), (timedelta(seconds=1), True)])
def test_replication_behind_is_a_fault_when_it_lasts(world, late, is_fault):
    age = (PATIENCE + late) / timedelta(hours=1)
    world.back_up(hours_ago=34)
    prefix = world.back_up(hours_ago=age)
    lose(world, DUMP, "PENDING")
    found = check(world)
    line = f"{prefix}{DUMP} is not copied yet: S3 is behind in eu-central-1"
    assert (found.faults, found.waiting) == (((line,), ()) if is_fault else ((), (line,)))
    assert found.age == 34 * HOUR


def test_tags_that_are_under_way_are_no_fault(world):
    """The newest proven backup is tagged anew right after its verdict, and its data is there all the same."""
    world.back_up(hours_ago=1)
    change(world, DUMP, here={"tag": Retention.LATEST_PROVEN})
    found = check(world)
    assert (found.faults, found.age) == ((), HOUR)
    assert found.waiting[0].endswith("is tagged retention=daily, here retention=latest-proven")


def test_backup_before_the_copies_is_no_fault(world, capsys):
    """S3 copies nothing of what was there: the age's alarm waits for the next backup, and says so."""
    world.back_up(hours_ago=200, copied=False)
    found = check(world)
    assert found.faults == ()
    assert all("was written before copies were switched on" in line for line in found.waiting)
    assert published(capsys.readouterr().out) == {}


def refusal(code, message="no", operation="GetObject"):
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (refusal("NoSuchBucket"), "bucket copies in eu-central-1 is missing: nothing is copied"),
        (refusal("KMS.DisabledException", "the key is disabled"), "the key of the copies is refused"),
        (refusal("AccessDenied", "not authorized to perform: kms:Decrypt"), "the key of the copies is refused"),
        (refusal("AccessDenied"), "bucket copies in eu-central-1 refuses to be read"),
        (refusal("SlowDown"), "bucket copies in eu-central-1 cannot be read (SlowDown"),
        (EndpointConnectionError(endpoint_url="https://s3"), "eu-central-1 did not answer"),
    ],
)
@pytest.mark.parametrize("read_of", [None, A_DAY])
def test_unreadable_copies_are_one_fault(world, capsys, error, line, read_of):
    """Named once, by the comparison and by the reading together."""
    world.back_up()
    world.there.refuses = error
    found = check(world, read_of)
    assert len(found.faults) == 1
    assert line in found.faults[0]
    assert published(capsys.readouterr().out) == {"copy_faults": 1}


def test_source_that_refuses_is_an_error_of_the_function(world):
    """It says nothing of the copies."""
    world.here.refuses = refusal("AccessDenied")
    with pytest.raises(ClientError):
        check(world)


def test_each_day_reads_another_copy(world):
    prefixes = {world.back_up(hours_ago=hours) for hours in (10, 34, 58)}
    read = {check(world, A_DAY + timedelta(days=day)).read for day in range(3)}
    assert read == prefixes


def test_reading_finds_what_checksums_hide(world, capsys):
    """Bytes that rotted under a checksum that S3 still shows as it was."""
    prefix = world.back_up()
    change(world, DUMP, there={"body": b"the dumP"})
    assert check(world).faults == ()
    capsys.readouterr()
    found = check(world, A_DAY)
    assert found.faults[0].startswith(f"the copy of {prefix} in eu-central-1 is damaged: {DUMP} has SHA-256")
    assert published(capsys.readouterr().out) == {"copied_backup_age": 10 * HOUR, "copy_faults": 1}


def test_reading_ends_with_the_time_and_with_the_money(world, monkeypatch):
    world.back_up()
    assert check(world, A_DAY, seconds=read_whole.LEAST_TIME - 1).read is None
    monkeypatch.setattr(read_whole, "MOST_READ", 16)
    assert check(world, A_DAY).read is None


def test_folder_that_is_no_backup_is_a_fault_of_its_copy(world):
    prefix = world.back_up()
    world.there.objects[prefix + MANIFEST].body = b"{}"
    faults = check(world, A_DAY).faults
    assert any("the copy in eu-central-1 cannot be used" in fault for fault in faults)
