"""A server's lock table takes so many tables; a backup must do with what pg_dump alone needs of it."""

import pytest

from emulator import postgres
from lambdas.database_backup import snapshot
from lambdas.database_backup.errors import SchemaChangedError, SourceNotReadyError
from tests.integration.backup.conftest import LOGIN, PASSWORD, Server, Source

SMALL = {
    "max_locks_per_transaction": "10",
    "max_connections": "10",
    "max_worker_processes": "0",
    "max_wal_senders": "0",
}
PG_DUMP_ALONE, TOO_MANY = 200, 1000
MAKE = "DO $$ BEGIN FOR i IN {}..{} LOOP EXECUTE 'CREATE TABLE t' || i || ' AS SELECT 1 AS a'; END LOOP; END $$"


@pytest.fixture(scope="module")
def small_server(tmp_path_factory):
    with postgres.server(tmp_path_factory.mktemp("small") / "data", settings=SMALL) as running:
        server = Server(running)
        server.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        server.execute(f"GRANT pg_read_all_data TO {LOGIN}")
        yield server


@pytest.fixture
def crowded(small_server):
    """A database with so many tables, of one row each."""

    def make(count):
        small_server.execute("DROP DATABASE IF EXISTS crowded")
        small_server.execute("CREATE DATABASE crowded")
        for start in range(1, count, 50):
            small_server.execute(MAKE.format(start, start + 49), database="crowded")
        return Source(small_server, "crowded").login()

    return make


def test_lockable_number_of_tables_succeeds(run, crowded):
    """As many tables as pg dump can lock are backed up."""
    manifest = run(login=crowded(PG_DUMP_ALONE), critical_tables=("t1", "t200"))
    assert (len(manifest.tables), manifest.rows) == (PG_DUMP_ALONE, PG_DUMP_ALONE)


def test_too_many_tables_gives_hint(failure, crowded):
    """More tables than fit are named with the servers hint."""
    line = failure(SourceNotReadyError, login=crowded(TOO_MANY), critical_tables=())
    assert "out of shared memory" in line
    assert "raise max_locks_per_transaction" in line


@pytest.fixture
def without_locks(monkeypatch):
    """As if the tables were too many for locks of our own."""
    monkeypatch.setattr(snapshot, "_leave_room", lambda *_: False)


@pytest.mark.usefixtures("without_locks")
def test_table_rewritten_before_lock_is_redumped(run, source, after_each_snapshot, caplog):
    """Under the first snapshot it looks empty, in dump and count alike."""
    pending = ["ALTER TABLE messages ALTER id TYPE bigint"]
    after_each_snapshot(lambda: source.execute(pending.pop()) if pending else None)
    assert {table.name: table.rows for table in run().tables}["messages"] == 15000
    assert "the dump is begun anew" in caplog.text


@pytest.mark.usefixtures("without_locks")
def test_table_rewritten_repeatedly_is_named(failure, source, after_each_snapshot):
    """A table that is rewritten each time is named."""
    after_each_snapshot(lambda: source.execute("TRUNCATE messages"))
    assert "table public.messages was rewritten or dropped" in failure(SchemaChangedError)
