"""A hot standby as the source."""

import subprocess

import pytest
from psycopg2.extensions import make_dsn

from emulator import postgres, process
from lambdas.database_backup.errors import BackupInterruptedError, SourceNotReadyError
from tests.integration.backup.conftest import LOGIN, PASSWORD, SAMPLE, Server, Source
from tests.integration.backup.wire import wire_to
from tests.integration.database_check.conftest import until

UNLOGGED = """
CREATE UNLOGGED TABLE cache (id serial, a int); INSERT INTO cache (a) VALUES (1);
"""


@pytest.fixture(scope="module")
def primary(tmp_path_factory):
    with postgres.server(tmp_path_factory.mktemp("primary") / "data") as running:
        server = Server(running)
        server.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        server.execute(f"GRANT pg_read_all_data, pg_monitor TO {LOGIN}")
        server.execute(SAMPLE)
        server.execute(UNLOGGED)
        yield server


@pytest.fixture(scope="module")
def standby(primary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("standby")
    copy = [f"{postgres.default_programs()}/pg_basebackup", f"--pgdata={folder}/data", "--checkpoint=fast"]
    command = [*process.unprivileged(), *copy, "--write-recovery-conf", f"--dbname={make_dsn(primary.running.url())}"]
    subprocess.run(command, check=True)
    (folder / "data.password").write_text(primary.running.password)
    with postgres.server(folder / "data", settings={"max_standby_streaming_delay": "0"}) as running:
        until(lambda: primary.execute("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))
        yield Source(Server(running), "postgres")


def test_unlogged_tables_lose_rows_on_standby(run, standby):
    """Its unlogged tables are backed up without rows and the manifest says so."""
    manifest = run(login=standby.login())
    assert {table.name: table.rows for table in manifest.tables} == {"cache": 0, "customers": 500, "messages": 15000}
    assert manifest.tables_without_rows == ("public.cache",)


def test_critical_unlogged_table_is_named(run, standby):
    """An unlogged table that is critical is named."""
    with pytest.raises(SourceNotReadyError, match=r"critical_tables names public\.cache, an unlogged table") as stopped:
        run(login=standby.login(), critical_tables=("cache",))
    assert "give the primary's address" in str(stopped.value)


@pytest.fixture
def conflict(primary, standby):
    """Changes at the primary what the backup reads, until the standby has ended a session for it."""

    def change():
        before = conflicts(standby)
        primary.execute("UPDATE messages SET body = body WHERE id % 10 = 0")
        primary.execute("VACUUM messages")
        until(lambda: conflicts(standby) > before)

    return change


def conflicts(standby):
    [(counted,)] = standby.execute(
        "SELECT confl_lock + confl_snapshot FROM pg_stat_database_conflicts WHERE datname = current_database()"
    )
    return counted


def test_recovery_conflict_names_remedies(run, standby, conflict, half_way):
    """A conflict with what the primary changed is named with its remedies."""
    half_way(conflict)
    with pytest.raises(BackupInterruptedError, match="conflict with recovery") as stopped:
        run(login=standby.login())
    assert "hot_standby_feedback = on" in str(stopped.value)


def test_conflict_is_named_when_connection_lost(run, standby, conflict, half_way):
    """Conflict is named when the connection is lost before the server says so."""
    with wire_to(standby.server.port) as wire:

        def lose():
            conflict()
            wire.cut()

        half_way(lose)
        with pytest.raises(BackupInterruptedError, match="counts a conflict with recovery since") as stopped:
            run(login=standby.login(port=str(wire.port)))
    assert "hot_standby_feedback = on" in str(stopped.value)


def test_lost_connection_alone_is_no_conflict(run, standby, half_way):
    """Lost connection without a conflict is no conflict."""
    with wire_to(standby.server.port) as wire:
        half_way(wire.cut)
        with pytest.raises(BackupInterruptedError, match="closed the connection unexpectedly") as stopped:
            run(login=standby.login(port=str(wire.port)))
    assert "conflict with recovery" not in str(stopped.value)
