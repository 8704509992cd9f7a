"""What a backup consists of when all goes well."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from jsonschema import Draft202012Validator
from postgresql_tools import program

from lambdas.database_backup import back_up
from lambdas.database_backup.back_up import answer
from lambdas.vocabulary.backups import DUMP, MANIFEST, ROLES, Manifest, Retention, Sequence, Table
from lambdas.vocabulary.large_runs import ON_INSTANCE, TooLarge

SCHEMA = Path(__file__).parents[3] / "docs/schemas/manifest.schema.json"


def at(text):
    return lambda: datetime.fromisoformat(text).replace(tzinfo=UTC)


def stored(bucket, key):
    return bucket.s3.get_object(Bucket=bucket.name, Key=key)["Body"].read()


def unpacked(bucket, key):
    return zstandard.ZstdDecompressor().decompressobj().decompress(stored(bucket, key))


def test_backup_is_three_described_objects(run, bucket):
    """A backup is three objects and the manifest describes them."""
    manifest = run()
    assert set(bucket.contents()) == {manifest.backup + name for name in (DUMP, ROLES, MANIFEST)}
    for name, described in manifest.objects.items():
        content = stored(bucket, manifest.backup + name)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (described.bytes, described.sha256)
    assert len(unpacked(bucket, manifest.backup + DUMP)) == manifest.raw_bytes
    assert Manifest.from_json(stored(bucket, manifest.backup + MANIFEST)) == manifest


def test_the_manifest_is_as_documented(run, bucket):
    document = json.loads(stored(bucket, run(event={"slot": "2026-03-04T02:00:00Z"}).backup + MANIFEST))
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    assert [error.message for error in validator.iter_errors(document)] == []


def test_dump_restores_the_same_rows(run, bucket, source, empty_source):
    """The dump restores into the very same rows."""
    source.execute("SELECT lo_from_bytea(4711, 'large'); GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC")
    original = run(critical_tables=("customers", "messages"))
    restore(empty_source, unpacked(bucket, original.backup + DUMP))
    empty_source.execute("GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC")
    again = run(login=empty_source.login(), critical_tables=("customers", "messages"))
    assert again.tables == original.tables
    assert all(table.checksum for table in original.tables)
    assert empty_source.execute("SELECT lo_get(4711)::bytea")[0][0].tobytes() == b"large"


def restore(target, dump):
    address = f"--dbname={target.server.running.url(target.name)}"
    subprocess.run([program("pg_restore", 18), address, "--exit-on-error"], input=dump, check=True)


def test_the_roles_come_without_passwords(run, bucket):
    script = unpacked(bucket, run().backup + ROLES).decode()
    assert "CREATE ROLE junkos_monitor;" in script
    assert "PASSWORD" not in script


def test_snapshot_excludes_later_rows(run, half_way, source, bucket, empty_source):
    """Rows written after the snapshot are neither dumped nor counted."""
    half_way(lambda: source.execute("INSERT INTO messages (customer_id) VALUES (1)"))
    manifest = run()
    restore(empty_source, unpacked(bucket, manifest.backup + DUMP))
    assert empty_source.execute("SELECT count(*) FROM messages") == [(15000,)]
    assert manifest.rows == 15500


def test_sequences_are_recorded_twice(run, half_way, source):
    """Sequences are noted before and after they are dumped."""
    source.execute("CREATE SEQUENCE down INCREMENT -5; CREATE UNLOGGED SEQUENCE loose; CREATE TEMP SEQUENCE gone")
    half_way(lambda: source.execute("SELECT nextval('down'), nextval('messages_id_seq'), nextval('messages_id_seq')"))
    assert run().sequences == (
        Sequence("public", "down", -1, -6),
        Sequence("public", "messages_id_seq", 15001, 15003),
    )


def test_a_sequence_at_its_end_is_noted(run, empty_source):
    empty_source.execute("CREATE SEQUENCE ended; SELECT setval('ended', 9223372036854775807)")
    assert run(login=empty_source.login(), critical_tables=()).sequences == (Sequence("public", "ended", 2**63, 2**63),)


@pytest.mark.parametrize(("room", "warned"), [(1000, True), (10**12, False)])
def test_unprovable_size_is_noted_and_logged(run, caplog, room, warned):
    """A database too large to be proven is said by manifest and log."""
    manifest = run(provable_bytes=room)
    assert manifest.provable_bytes == room
    assert (manifest.database_bytes > room) is warned
    assert ("database too large to be proven whole by the restore check" in caplog.text) is warned
    assert (manifest.table_bytes is not None) is warned
    if manifest.table_bytes:
        assert manifest.table_bytes.keys() == {table.full_name for table in manifest.tables}
        assert 0 < sum(manifest.table_bytes.values()) < manifest.database_bytes


def test_database_too_large_for_the_function_is_left_alone(run, bucket, caplog):
    left = run(function_limit_bytes=1000)
    assert isinstance(left, TooLarge)
    assert left.bytes > left.limit == 1000
    assert answer(left) == {"too_large": {"bytes": left.bytes, "limit": 1000}}
    assert bucket.contents() == {}
    assert "left to a large run" in caplog.text


def test_database_at_the_limit_is_backed_up(run):
    size = run().database_bytes
    assert isinstance(run(function_limit_bytes=size + 10**6), Manifest)  # a database that is read may grow a little


def test_no_database_is_too_large_on_an_instance(run, monkeypatch):
    monkeypatch.setenv(ON_INSTANCE, "true")
    assert run(function_limit_bytes=1000).rows == 15500


def test_large_backup_of_the_slot_is_found_by_the_function(run, monkeypatch):
    """So a retried slot orders no second instance."""
    slot = {"slot": "2026-03-04T02:00:00Z"}
    monkeypatch.setenv(ON_INSTANCE, "true")
    made = run(event=slot, function_limit_bytes=1000)
    monkeypatch.delenv(ON_INSTANCE)
    assert run(event=slot, function_limit_bytes=1000) == made


def test_an_empty_database_is_backed_up(run, empty_source):
    manifest = run(login=empty_source.login(), critical_tables=())
    assert (manifest.tables, manifest.rows) == ((), 0)


def test_every_table_with_rows_is_counted(run, empty_source):
    """Every kind of table that has rows of its own is counted."""
    empty_source.execute("""
        CREATE SCHEMA "S p.ace"; CREATE TABLE "S p.ace"."T ""q"" %s é" ("C ""o" int);
        INSERT INTO "S p.ace"."T ""q"" %s é" VALUES (1), (2);
        CREATE TABLE parts (k int, v text) PARTITION BY LIST (k);
        CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
        CREATE TABLE part_2 PARTITION OF parts FOR VALUES IN (2);
        INSERT INTO parts VALUES (1, 'a'), (2, 'b'), (2, 'c');
        CREATE TABLE parent (a int); CREATE TABLE child (b int) INHERITS (parent);
        INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2, 3), (4, 5);
        CREATE UNLOGGED TABLE loose (a int); INSERT INTO loose VALUES (1);
        CREATE TABLE no_columns (); INSERT INTO no_columns DEFAULT VALUES;
        CREATE VIEW seen AS SELECT * FROM parent;
        CREATE MATERIALIZED VIEW kept AS SELECT * FROM parent;
    """)
    manifest = run(login=empty_source.login(), critical_tables=("parts", '"S p.ace"."T ""q"" %s é"', "no_columns"))
    counted = {(table.schema, table.name): (table.rows, table.checksum is not None) for table in manifest.tables}
    assert counted == {
        ("S p.ace", 'T "q" %s é'): (2, True),
        ("public", "part_1"): (1, True),
        ("public", "part_2"): (2, True),
        ("public", "parent"): (1, False),
        ("public", "child"): (2, False),
        ("public", "loose"): (1, False),
        ("public", "no_columns"): (1, True),
    }


def test_excluded_rows_are_in_manifest(run, bucket, source, empty_source):
    """Rows can be left out and the manifest says so."""
    source.execute('CREATE TABLE "A*""b" AS SELECT 1 AS a; CREATE TABLE "AxC""b" AS SELECT 1 AS a')
    manifest = run(excluded_table_data=("messages", 'public."A*""b"'))
    assert manifest.tables_without_rows == ('public.A*"b', "public.messages")
    restore(empty_source, unpacked(bucket, manifest.backup + DUMP))
    rows = {table.name: table.rows for table in manifest.tables}
    assert rows == {"customers": 500, "messages": 0, 'A*"b': 0, 'AxC"b': 1}
    assert rows["messages"] == empty_source.execute("SELECT count(*) FROM messages")[0][0]
    assert empty_source.execute("""SELECT (SELECT count(*) FROM "A*""b"), (SELECT count(*) FROM "AxC""b")""") == [
        (0, 1)
    ]
    assert empty_source.execute("SELECT last_value FROM messages_id_seq") == [(15000,)]


def test_first_of_month_and_week(run, bucket):
    """The first backup of a month and of a week are kept longer."""
    days = ["2026-03-02T02:00", "2026-03-03T02:00", "2026-03-09T02:00", "2026-03-10T02:00", "2026-04-01T02:00"]
    made = [run(clock=at(day), excluded_table_data=("messages",)) for day in days]
    classes = [manifest.retention for manifest in made]
    assert classes == [
        Retention.MONTHLY, Retention.DAILY, Retention.WEEKLY, Retention.DAILY, Retention.MONTHLY,
    ]  # fmt: skip
    for manifest in made:
        assert {bucket.retention(manifest.backup + name) for name in (DUMP, ROLES, MANIFEST)} == {manifest.retention}


def test_metrics_describe_the_backup(run, capsys):
    """Everything is sent in numbers."""
    manifest = run()
    assert back_up.summary(manifest) == {
        "backup": manifest.backup,
        "tables": 2,
        "rows": 15500,
        "raw_bytes": manifest.raw_bytes,
        "stored_bytes": manifest.stored_bytes,
        "seconds": pytest.approx(1, abs=10),
    }
    [metrics] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert (metrics["environment"], metrics["database"]) == ("test", "junkos")
    assert metrics["backup_rows"] == [15500]
    assert metrics["backup_stored_size"] == [manifest.stored_bytes]


def test_critical_tables_have_checksums(run):
    """The tables of the manifest name critical ones by a checksum."""
    customers, messages = run().tables
    assert customers == Table("public", "customers", 500, customers.checksum)
    assert len(customers.checksum) == 32
    assert messages.checksum is None
