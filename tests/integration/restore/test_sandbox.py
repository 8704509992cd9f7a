"""The function where the platform runs it: nothing can be written but a small disk, and the uid has no name."""

import pytest

from lambdas.vocabulary.backups import DUMP, VERIFICATION
from tests.integration.restore.backups import pg_dump
from tests.integration.restore.conftest import BUCKET, create_database
from tests.integration.restore.function import FunctionError, function
from tests.integration.restore.test_verdicts import ORDERS, exists, failed, flipped, put, result_of

BIG = """
CREATE TABLE messages (id integer PRIMARY KEY, body text);
INSERT INTO messages SELECT i, repeat('junk ', 60) FROM generate_series(1, 300000) i;
"""
SMALL_DISK = 300  # MB: less than a restore from a file wants to have


@pytest.fixture(scope="module")
def sandboxed(tmp_path_factory, object_store, s3):
    with function(tmp_path_factory.mktemp("sandbox"), object_store, BUCKET, disk=SMALL_DISK) as running:
        yield running


@pytest.fixture(scope="module")
def messages(source):
    """The URL of a database of about 100 MB."""
    return create_database(source, "messages", BIG)


def test_large_dump_is_streamed(sandboxed, database, backup):
    """A restore that has no room for the dump streams it."""
    answer = sandboxed.verify(backup(database(ORDERS)))
    assert answer["verdict"] == "proven"
    assert result_of(answer, "restore clean")["detail"] == "no errors; as it streamed in"


def test_streaming_leaves_out_unknown_parts(sandboxed, database, backup):
    """What this server does not know is left out while it streams."""
    url = database(ORDERS + "ALTER TABLE orders ALTER total SET (n_distinct = 1)")
    newer = pg_dump(url).replace(b"(n_distinct=1)", b"(pg_attver=11)")
    answer = sandboxed.verify(backup(url, dump=newer))
    assert answer["verdict"] == "proven"
    assert "as it streamed in, without column option pg_attver" in result_of(answer, "restore clean")["detail"]


def test_broken_stream_fails(sandboxed, database, backup):
    """A dump that breaks off while it streams fails."""
    url = database(ORDERS)
    dump = pg_dump(url)
    answer = sandboxed.verify(backup(url, dump=dump[: len(dump) // 2]))
    assert {"restore clean", "tables equal"} <= set(failed(answer))


def test_damage_is_found_while_it_streams(sandboxed, messages, backup, s3):
    prefix = backup(messages)
    put(s3, BUCKET, prefix + DUMP, flipped(s3.get_object(Bucket=BUCKET, Key=prefix + DUMP)["Body"].read()))
    answer = sandboxed.verify(prefix)
    assert failed(answer) == ["objects intact"]
    assert "SHA-256" in result_of(answer, "objects intact")["detail"]


def test_large_database_is_proven_by_streaming(sandboxed, messages, backup):
    """A database larger than the dump could be beside it is proven."""
    answer = sandboxed.verify(backup(messages, critical=[("public", "messages")]))
    assert answer["verdict"] == "proven"


def test_a_full_disk_is_no_verdict(tmp_path, object_store, s3, messages, backup):
    prefix = backup(messages)
    with function(tmp_path, object_store, BUCKET, disk=100) as small:
        for _ in range(2):
            with pytest.raises(FunctionError, match=r"CouldNotVerifyError: .*temporary disk is full \(raise its ephem"):
                small.verify(prefix)
    assert not exists(s3, prefix + VERIFICATION)


def test_full_disk_is_no_verdict(tmp_path, object_store, s3, database, backup):
    """A disk without room for the server is no verdict."""
    prefix = backup(database(""))
    full = pytest.raises(FunctionError, match=r"CouldNotVerifyError: .*temporary disk is full")
    with function(tmp_path, object_store, BUCKET, disk=20) as tiny, full:
        tiny.verify(prefix)
    assert not exists(s3, prefix + VERIFICATION)


def test_silent_object_store_is_no_verdict(tmp_path, s3):
    """An object store that does not answer is no verdict."""
    silent = pytest.raises(FunctionError, match=r"CouldNotVerifyError: .*the object store: Could not connect")
    with function(tmp_path, "http://127.0.0.1:9", BUCKET) as alone, silent:
        alone.verify("orders/2026/11/23/20261123T020000Z-00000000/")
