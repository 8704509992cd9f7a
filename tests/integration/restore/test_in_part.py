"""A database that the disk of the restore check has no room for: proven in part, another part each time."""

from contextlib import closing

import psycopg2
import pytest

from lambdas.database_backup.contents import scope, table_bytes
from lambdas.shared.clock import now
from lambdas.vocabulary.backups import DATABASE_SIZE, VERIFICATION, Acceptance, Verification
from tests.integration.restore.conftest import BUCKET, create_database
from tests.integration.restore.function import function

DISK = 680
"""Megabytes: what the server needs itself, and two of the three large tables."""
LARGE = ("events", "log", "messages")
ACCEPTED = Acceptance(DATABASE_SIZE, "2999-12-31", "proven by hand each quarter")
SQL = """
CREATE TABLE customers (id bigint PRIMARY KEY); INSERT INTO customers SELECT generate_series(1, 100);
CREATE TABLE {} (id bigint PRIMARY KEY, body text NOT NULL);
CREATE TABLE {} (id bigint PRIMARY KEY, body text NOT NULL);
CREATE TABLE {} (id bigint PRIMARY KEY, body text NOT NULL);
INSERT INTO events SELECT n, repeat(md5(n::text), 2) FROM generate_series(1, 100000) AS n;
INSERT INTO log SELECT * FROM events; INSERT INTO messages SELECT * FROM events;
CREATE TABLE latest (log bigint REFERENCES log, message bigint REFERENCES messages, event bigint REFERENCES events);
INSERT INTO latest VALUES (1, 2, 3);
CREATE MATERIALIZED VIEW shares AS SELECT 100 / count(*) AS share FROM events UNION ALL SELECT 100 / count(*) FROM log
    UNION ALL SELECT 100 / count(*) FROM messages;
CREATE INDEX ON shares (share);
""".format(*LARGE)
ASSERTIONS = tuple(f"SELECT count(*) > 0 FROM {table}" for table in ("customers", *LARGE))


@pytest.fixture(scope="module")
def url(source):
    return create_database(source, "in_part", SQL)


@pytest.fixture(scope="module")
def small(tmp_path_factory, object_store, s3):
    with function(tmp_path_factory.mktemp("small"), object_store, BUCKET, disk=DISK, accepted=[ACCEPTED]) as running:
        yield running


def sized(url):
    """Changes a manifest to one of a database that is known to be too large."""
    with closing(psycopg2.connect(url)) as session:
        sizes = table_bytes(session, scope(session, (), ()))
    return lambda manifest: {**manifest, "table_bytes": sizes, "provable_bytes": 10**6}


def test_a_database_too_large_is_proven_in_parts(url, small, backup, s3):
    """Small tables each night, of the large ones those that wait longest; their keys and views do without the rest."""
    change, proven = sized(url), []
    for night in range(2):
        prefix = backup(url, key=f"night {night}", database="large", critical=[("public", "log")], change=change)
        answer = small.verify(prefix)
        assert answer["verdict"] == "proven in part", answer["checks"]
        found = {check["name"]: check["result"] for check in answer["checks"]}
        assert {name for name, result in found.items() if result not in ("passed", "none named")} == {
            "all rows restored"
        }
        written = s3.get_object(Bucket=BUCKET, Key=prefix + VERIFICATION)["Body"].read()
        proven.append(Verification.from_json(written))
    first, second = (verification.part.restored_at for verification in proven)
    waiting = {name for name, moment in first.items() if moment is None}
    assert len(waiting) == 1
    assert waiting < {f"public.{name}" for name in LARGE}
    assert None not in second.values()
    assert all(0.5 < verification.part.share < 1 for verification in proven)
    assert all(verification.is_proof_at(now()) for verification in proven)
    assert small.leftovers() == []


def test_a_rule_that_reads_waiting_rows_is_no_failure(url, tmp_path, object_store, backup):
    """Nobody knows what it would answer, had there been room."""
    with function(tmp_path, object_store, BUCKET, disk=DISK, assertions=ASSERTIONS) as running:
        answer = running.verify(backup(url, database="ruled", change=sized(url)))
    [check] = [check for check in answer["checks"] if check["name"] == "SQL assertions true"]
    assert (check["result"], answer["verdict"], answer["accepted"]) == ("in part", "proven in part", [])
    assert "they may read rows that were not restored" in check["detail"]
