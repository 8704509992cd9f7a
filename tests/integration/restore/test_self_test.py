"""The restore servers without a backup, and the drill with one: in the deployed function's own process."""

from postgresql_servers import MAJORS

from tests.integration.restore.conftest import BUCKET
from tests.integration.restore.function import function

EVENT = {"self_test": True}


def test_every_server_starts(verification):
    answer = verification.invoke(EVENT)
    assert answer["failure"] == ""
    assert [int(server["version"].partition(".")[0]) for server in answer["servers"]] == list(MAJORS)
    assert all(0 < server["seconds"] < 60 for server in answer["servers"])
    assert answer["machine"]["memfd"] == "can be made"
    assert verification.leftovers() == []


def test_servers_start_without_shared_memory(tmp_path, object_store):
    """In a sandbox as Lambda's: what /dev/shm is there is said, and no server needs it."""
    with function(tmp_path, object_store, BUCKET, disk=2048) as running:
        answer = running.invoke(EVENT)
        assert (answer["failure"], len(answer["servers"])) == ("", len(MAJORS))
        assert answer["machine"]["/dev/shm"] == "cannot be written"  # noqa: S108  (what is said of it)


def test_server_that_does_not_start_is_answered(tmp_path, object_store):
    """Not raised: the error alarm of the function is critical, and the self-test tells people."""
    with function(tmp_path, object_store, BUCKET, disk=8) as running:
        answer = running.invoke(EVENT)
        assert answer["failure"].startswith(f"PostgreSQL {MAJORS[0]}: ")
        assert answer["servers"] == []
        assert running.leftovers() == []


def test_nothing_is_written(verification, s3):
    before = s3.list_objects_v2(Bucket=BUCKET).get("KeyCount")
    verification.invoke(EVENT)
    assert s3.list_objects_v2(Bucket=BUCKET).get("KeyCount") == before


def test_drill_restores_a_real_backup(verification, database, backup, s3):
    """The newest of all backups of `orders`, restored for real; the record has the seconds that it took."""
    url = database("CREATE TABLE t (i int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 1000)")
    prefix = backup(url)
    drill = verification.invoke({"drill": True, "requested_by": "test", "reason": "test"})
    assert drill["verdict"] in {"proven", "failed", "not provable"}
    assert drill["seconds"]["restore"] > 0
    assert drill["backup"].startswith(prefix.partition("/")[0])
    record = s3.list_objects_v2(Bucket=BUCKET, Prefix="_drills/orders/")["Contents"][-1]["Key"]
    assert record.endswith("-on-demand.json")
    tags = s3.get_object_tagging(Bucket=BUCKET, Key=record)["TagSet"]
    assert tags == [{"Key": "retention", "Value": "drill"}]
