from types import SimpleNamespace

import pytest
from moto import mock_aws

from lambdas.shared.error_tracking.source_maps import load_index, mapping, store
from lambdas.shared.error_tracking.source_maps.compile import compile_map
from lambdas.shared.error_tracking.source_maps.store import Maps
from tests.bundles import DEBUG_ID, MINIFIED, source_map
from tests.releases import BUCKET, error_bucket

BUSY = {"Error": {"Code": "SlowDown", "Message": ""}, "ResponseMetadata": {}}


class Counted:
    """A client of S3 that counts what is read by it."""

    def __init__(self, s3):
        self.s3, self.reads, self.exceptions = s3, 0, s3.exceptions

    def get_object(self, **asked):
        self.reads += 1
        return self.s3.get_object(**asked)


@pytest.fixture
def s3():
    with mock_aws():
        yield error_bucket()


@pytest.fixture
def counted(s3):
    return Counted(s3)


@pytest.fixture
def time():
    return [0.0]


@pytest.fixture
def indexes(counted, time):
    return load_index(counted, BUCKET, "api", lambda: time[0])


def put(s3, debug_id=DEBUG_ID, project="api", origin="1"):
    Maps(s3, BUCKET, project).put(debug_id, origin, compile_map(source_map(), MINIFIED.encode()))


def test_index_is_loaded_once(s3, counted, indexes):
    put(s3)
    assert indexes(DEBUG_ID) is indexes(DEBUG_ID)
    assert indexes(DEBUG_ID).place(0, 20).line == 1
    assert counted.reads == 1


def test_missing_map_is_asked_later(s3, counted, indexes, time):
    """A map that is uploaded after the first errors is found a minute later."""
    assert indexes(DEBUG_ID) is indexes(DEBUG_ID) is None
    assert counted.reads == 1
    put(s3)
    time[0] = 61
    assert indexes(DEBUG_ID)


def test_projects_are_kept_apart(s3, indexes):
    put(s3, project="web")
    assert indexes(DEBUG_ID) is None


def test_event_is_mapped_by_its_project(s3):
    put(s3)
    frame = {"abs_path": "/a.js", "lineno": 1, "colno": 21}
    event = {
        "exception": {"values": [{"stacktrace": {"frames": [frame]}}]},
        "debug_meta": {"images": [{"code_file": "/a.js", "debug_id": DEBUG_ID}]},
    }
    map_event = mapping(s3, BUCKET)
    found = map_event("api", event)["exception"]["values"][0]["stacktrace"]["frames"]
    assert found[0]["filename"] == "src/boom.ts"
    assert map_event("web", event) == event


def test_held_indexes_are_bounded(s3, counted, monkeypatch):
    put(s3)
    put(s3, "0" * 8 + DEBUG_ID[8:])
    first = load_index(counted, BUCKET, "api")(DEBUG_ID)
    monkeypatch.setattr(store, "KEPT_BYTES", first.size + 1)
    indexes = load_index(counted, BUCKET, "api")
    counted.reads = 0
    for debug_id in (DEBUG_ID, "0" * 8 + DEBUG_ID[8:], DEBUG_ID):
        assert indexes(debug_id)
    assert counted.reads == 3


def test_many_small_indexes_are_held(s3, indexes):
    """A backend that is not bundled has one for each of its files."""
    put(s3)
    assert store.KEPT_BYTES / indexes(DEBUG_ID).size > 10_000


def test_other_format_is_none(s3, indexes):
    s3.put_object(Bucket=BUCKET, Key=f"maps/api/{DEBUG_ID}", Body=b"jsmc\x09....")
    assert indexes(DEBUG_ID) is None


def test_failing_bucket_is_raised(s3, indexes):
    """The digest tries again, and groups no error by frames that are not mapped for a fault of ours."""
    s3.delete_bucket(Bucket=BUCKET)
    with pytest.raises(s3.exceptions.NoSuchBucket):
        indexes(DEBUG_ID)


def test_failing_look_is_raised(s3):
    """A map that is there must not be compiled over and over for a fault of ours."""
    s3.meta.events.register("before-call.s3.HeadObject", lambda **_: (SimpleNamespace(status_code=503), BUSY))
    with pytest.raises(s3.exceptions.ClientError, match="SlowDown"):
        Maps(s3, BUCKET, "api").has(DEBUG_ID, "1")


def test_origin_says_what_is_compiled(s3):
    put(s3, origin="1")
    maps = Maps(s3, BUCKET, "api")
    assert maps.has(DEBUG_ID, "1")
    assert not maps.has(DEBUG_ID, "2")
    assert not maps.has("0" * 36, "1")
