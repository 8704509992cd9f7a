"""The function's work from the table to the bucket."""

import json
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.health_check.remember import remember
from lambdas.health_check.results import Result
from lambdas.shared.endpoint_state.cause import Cause
from lambdas.shared.endpoint_state.observation import Observation, Rules
from lambdas.shared.endpoint_state.observe import observe
from lambdas.shared.endpoint_state.table import open_table
from lambdas.shared.status_notes.notes import Impact, Stage
from lambdas.shared.status_notes.table import NotesTable
from lambdas.shared.status_notes.write import Author, announce
from lambdas.shared.status_notes.write import publish as publish_incident
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


def test_known_badges_are_not_rewritten(table):
    """A new environment of the function, and every hour, writes those that changed alone."""
    names = ("api", "shop")
    for minutes in (2, 1):
        check(table, dict.fromkeys(names, "up"), timedelta(minutes=minutes))
    publish(table, Bucket(), *names)
    check(table, {"api": "down", "shop": "up"}, timedelta(seconds=30))
    check(table, {"api": "down", "shop": "up"}, timedelta(seconds=10))
    bucket = Bucket()
    publish(table, bucket, *names)
    assert [key for key in bucket.keys if key.startswith("badge/")] == ["badge/api.svg"]


def test_published_is_on_the_page_at_once(table):
    """From the command to the page, and from the window to the percentage."""
    notes, author = NotesTable(table.dynamodb, table.name), Author("anna", NOW - timedelta(minutes=50))
    wish = {"services": ["api"], "public": ["api"], "text": "We look into it."}
    publish_incident(notes, author, "Outage", stage=Stage.IDENTIFIED, impact=Impact.DOWN, **wish)
    announce(notes, author, "Move", start=NOW - timedelta(minutes=40), until=NOW, **wish)
    bucket = Bucket()
    publish(table, bucket, "api")
    html, feed = (bucket.get(name)["Body"].read().decode() for name in (PAGE, FEED))
    for said in ("Outage", "Identified", "We look into it.", "Move"):
        assert said in html
        assert said in feed
    (published,) = json.loads(bucket.get(STATUS)["Body"].read())["published"]
    assert published["state"] == "identified"


def test_announced_downtime_is_left_out(table):
    """The prober reads the windows that people announced, and counts without them."""
    notes, author = NotesTable(table.dynamodb, table.name), Author("anna", NOW - timedelta(hours=2))
    start, until = NOW - timedelta(minutes=60), NOW - timedelta(minutes=20)
    announce(notes, author, "Move", services=["api"], public=["api", "shop"], start=start, until=until, text="x")
    for minutes in range(100, -1, -5):
        state = State.DOWN if 20 < minutes <= 60 else State.UP
        at = NOW - timedelta(minutes=minutes)
        results = [Result(name, state, at) for name in ("api", "shop")]
        remember(table, results, at, Rules())
    bucket = Bucket()
    publish(table, bucket, "api", "shop")
    api, shop = json.loads(bucket.get(STATUS)["Body"].read())["services"]
    assert (api["uptime"], api["maintenance_seconds"]) == (1, 2400)
    assert (shop["uptime"], shop["maintenance_seconds"]) == (pytest.approx(13 / 21), 0)
