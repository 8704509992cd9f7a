"""Reading the records of drills, and where their times are going."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.shared.drills import drills, newest_drill, trend
from lambdas.vocabulary.backups import DATABASE_NAME, Seconds, Verdict
from lambdas.vocabulary.codec import MalformedError
from lambdas.vocabulary.drills import DRILLS, Drill, Occasion

FIRST = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)
DRILL = Drill(
    at=FIRST,
    occasion=Occasion.QUARTER,
    database="orders",
    backup="orders/2026/01/01/20260101T020000Z-00000000/",
    snapshot_at=FIRST,
    database_bytes=10**9,
    verdict=Verdict.PROVEN,
    proven=True,
    seconds=Seconds(10, 20, 30),
    recovery_time_objective=3600,
    server_version="18.1",
    requested_by="schedule",
    reason="full drill of the quarter",
)


def drill(days, seconds=60.0, **fields):
    return replace(DRILL, at=FIRST + timedelta(days=days), seconds=Seconds(0, seconds, 0), **fields)


@pytest.fixture
def s3():
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        client.create_bucket(Bucket="backups")
        yield client


def put(s3, *found):
    for each in found:
        s3.put_object(Bucket="backups", Key=each.key, Body=each.to_json())


def test_newest_comes_first(s3):
    put(s3, drill(31), drill(0), drill(90), drill(59), replace(drill(91), database="orders-2"))
    found = drills(s3, "backups", "orders", since=FIRST + timedelta(days=31))
    assert [(each.at - FIRST).days for each in found] == [90, 59, 31]
    assert newest_drill(s3, "backups", "orders", since=FIRST) == found[0]


def test_more_than_a_page_is_read(s3):
    many = [replace(DRILL, at=FIRST + timedelta(minutes=minutes)) for minutes in range(1001)]
    put(s3, *many)
    newest = newest_drill(s3, "backups", "orders", since=FIRST)
    assert newest is not None
    assert newest.at == many[-1].at


def test_none_is_none(s3):
    assert newest_drill(s3, "backups", "orders", since=FIRST) is None
    assert drills(s3, "backups", "orders", since=FIRST) == []
    assert trend([]) is None


def test_record_that_is_none_is_refused(s3):
    """No reader may take a damaged record for a drill, nor for none."""
    s3.put_object(Bucket="backups", Key=DRILL.key, Body=b'{"at": 5}')
    with pytest.raises(MalformedError):
        newest_drill(s3, "backups", "orders", since=FIRST)


def test_field_of_newer_code_is_passed_over(s3):
    s3.put_object(Bucket="backups", Key=DRILL.key, Body=DRILL.to_json().replace("{", '{"newer": 1, ', 1))
    assert newest_drill(s3, "backups", "orders", since=FIRST) == DRILL


def test_no_database_has_the_name_of_the_folder():
    assert not DATABASE_NAME.fullmatch(DRILLS)


def test_growth_says_when_the_objective_is_exceeded():
    found = trend([drill(60, 1200), drill(30, 900), drill(0, 600)])
    assert found is not None
    assert (found.drills, found.seconds, found.change) == (3, 1200, 300)
    assert found.share_of_objective == pytest.approx(1 / 3)
    assert found.over_objective_in is not None
    assert found.over_objective_in.days == 240


@pytest.mark.parametrize(
    "found",
    [
        [drill(60, 600), drill(30, 600), drill(0, 600)],
        [drill(60, 300), drill(30, 600), drill(0, 900)],
        [drill(30, 900), drill(0, 600)],
        [drill(0, 900), drill(0, 700), drill(0, 600)],
    ],
    ids=["level", "less", "two", "at one moment"],
)
def test_without_growth_there_is_no_end(found):
    going = trend(found)
    assert going is not None
    assert going.over_objective_in is None


def test_objective_that_is_exceeded_is_so_now():
    going = trend([drill(60, 4000), drill(30, 3900), drill(0, 3800)])
    assert going is not None
    assert going.over_objective_in == timedelta()


def test_failed_restore_is_no_time_of_recovery():
    failed = drill(60, 1, proven=False, verdict=Verdict.FAILED)
    assert trend([failed]) is None
    going = trend([failed, drill(30, 60)])
    assert going is not None
    assert (going.seconds, going.drills, going.change) == (60, 1, None)
