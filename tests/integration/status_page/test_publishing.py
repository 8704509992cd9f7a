"""The function's work from the table to the bucket."""

import json
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.shared.endpoint_state.cause import Cause
from lambdas.shared.endpoint_state.observation import Observation
from lambdas.shared.endpoint_state.observe import observe
from lambdas.shared.endpoint_state.table import open_table
from lambdas.status_page.files import FEED, ICON, LIVE, PAGE, STATUS, STYLE
from lambdas.status_page.publish_page import Shown, Written, publish_page
from lambdas.vocabulary.endpoints import ENDPOINT, RECORD, State
from tests.integration.status_page.story import NOW, RULES, SETTINGS


@pytest.fixture
def table():
    with mock_aws():
        boto3.client("s3").create_bucket(
            Bucket=SETTINGS.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        boto3.client("dynamodb").create_table(
            TableName=SETTINGS.table,
            KeySchema=[{"AttributeName": ENDPOINT, "KeyType": "HASH"}, {"AttributeName": RECORD, "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (ENDPOINT, RECORD)],
            BillingMode="PAY_PER_REQUEST",
        )
        yield open_table(SETTINGS.table)


class Bucket:
    """Remembers in which order objects are put, and may refuse one."""

    def __init__(self, refused=""):
        self.client = boto3.client("s3")
        self.refused = refused
        self.keys = []

    def put_object(self, **arguments):
        if arguments["Key"] == self.refused:
            raise ClientError({"Error": {"Code": "SlowDown", "Message": "slow down"}}, "PutObject")
        self.keys.append(arguments["Key"])
        return self.client.put_object(**arguments)

    def get_paginator(self, operation):
        return self.client.get_paginator(operation)

    def get(self, key):
        return self.client.get_object(Bucket=SETTINGS.bucket, Key=key)


def check(table, states, ago):
    at = NOW - ago
    seen = [Observation(name, State(state), at, 120.0, Cause("refused")) for name, state in states.items()]
    observe(table, seen, at, RULES, clock=lambda: at)


def publish(table, bucket, *names, written=None, at=NOW):
    return publish_page(SETTINGS, table, bucket, Shown(names), written=written or Written(), clock=lambda: at)


def test_what_was_observed_is_on_the_page(table):
    for minutes in (60, 31, 1):
        check(table, {"Public API": "up" if minutes == 60 else "down", "Internal": "up"}, timedelta(minutes=minutes))
    bucket = Bucket()
    assert publish(table, bucket, "Public API") == {"state": State.DOWN, "stale": False}
    html = bucket.get(PAGE)["Body"].read().decode()
    assert "Public API is down" in html
    assert "It refused connections" in html
    assert "Internal" not in html
    status = json.loads(bucket.get(STATUS)["Body"].read())
    assert [incident["end"] for incident in status["incidents"]] == [None]


def test_page_is_written_last(table):
    """The page comes last and finds all that it refers to."""
    bucket = Bucket()
    publish(table, bucket, "Public API")
    assert bucket.keys[0] == STYLE
    assert bucket.keys[-1] == PAGE


def test_failed_run_leaves_old_page(table):
    """A run that fails leaves the page before it."""
    check(table, {"Public API": "up"}, timedelta(minutes=1))
    bucket = Bucket()
    publish(table, bucket, "Public API")
    before = bucket.get(PAGE)["ETag"]
    check(table, {"Public API": "slow"}, timedelta(seconds=30))
    check(table, {"Public API": "slow"}, timedelta(seconds=10))
    with pytest.raises(ClientError):
        publish(table, Bucket(refused=PAGE), "Public API")
    assert bucket.get(PAGE)["ETag"] == before


def test_unchanged_files_are_not_rewritten(table):
    """What did not change is not written again."""
    check(table, {"Public API": "up"}, timedelta(minutes=1))
    bucket, written = Bucket(), Written()
    publish(table, bucket, "Public API", written=written)
    bucket.keys.clear()
    publish(table, bucket, "Public API", written=written, at=NOW + timedelta(minutes=5))
    assert bucket.keys == [STATUS, LIVE, PAGE]  # they hold the time


def test_what_changed_is_written_at_once(table):
    check(table, {"Public API": "up"}, timedelta(minutes=1))
    bucket, written = Bucket(), Written()
    publish(table, bucket, "Public API", written=written)
    bucket.keys.clear()
    check(table, {"Public API": "down"}, timedelta(seconds=30))
    check(table, {"Public API": "down"}, timedelta(seconds=10))
    publish(table, bucket, "Public API", written=written)
    assert bucket.keys == [ICON, "badge/Public-API.svg", STATUS, FEED, LIVE, PAGE]


def test_everything_is_rewritten_hourly(table):
    """Everything is written every hour as another environment may have written in between."""
    bucket, written = Bucket(), Written()
    for minutes in (0, 55, 60):
        bucket.keys.clear()
        publish(table, bucket, "Public API", written=written, at=NOW + timedelta(minutes=minutes))
        assert (STYLE in bucket.keys) == (minutes != 55)


def test_refused_file_is_retried(table):
    """A file that was refused is written by the next run."""
    written = Written()
    with pytest.raises(ClientError):
        publish(table, Bucket(refused=ICON), "Public API", written=written)
    bucket = Bucket()
    publish(table, bucket, "Public API", written=written)
    assert bucket.keys[0] == ICON


def test_cache_times_of_page_and_style(table):
    """The page is kept by caches for a minute and its style for good."""
    bucket = Bucket()
    publish(table, bucket)
    kept = {key: (bucket.get(key)["CacheControl"], bucket.get(key)["ContentType"]) for key in bucket.keys}
    assert kept[PAGE] == ("public, max-age=60", "text/html; charset=utf-8")
    assert kept[STATUS] == ("public, max-age=60", "application/json")
    assert kept[STYLE] == ("public, max-age=31536000, immutable", "text/css; charset=utf-8")


def test_failed_table_leaves_page(table):
    """A table that is down leaves the page alone."""
    boto3.client("dynamodb").delete_table(TableName=SETTINGS.table)
    bucket = Bucket()
    with pytest.raises(ClientError):
        publish(table, bucket, "Public API")
    assert bucket.keys == []
