"""A dump that does not come to a good end is no backup."""

import os
import signal
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest

from lambdas.database_backup import back_up, dump, snapshot
from lambdas.database_backup.errors import BackupInterruptedError, OutOfTimeError, SourceNotReadyError
from tests.integration.backup.conftest import children
from tests.integration.backup.wire import wire_to


def test_killed_dump_leaves_no_backup(failure, half_way):
    """A dump that is killed half way leaves no backup."""
    half_way(lambda: [os.kill(pid, signal.SIGKILL) for pid in children("pg_dump")])
    assert "pg_dump was ended by SIGKILL; was its memory short?" in failure(BackupInterruptedError)


def test_killed_server_process_leaves_no_backup(failure, half_way, source):
    """A dump whose server process is killed leaves no backup."""
    half_way(lambda: source.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY %'"))
    assert 'pg_dump failed: Dumping the contents of table "messages" failed' in failure(BackupInterruptedError)


def test_cut_connection_leaves_no_backup(failure, half_way, source):
    """A dump whose connection is cut leaves no backup."""
    with wire_to(source.server.port) as wire:
        half_way(wire.cut)
        line = failure(BackupInterruptedError, login=source.login(port=str(wire.port)))
    assert "closed" in line or "reset" in line


@pytest.fixture
def however_little_time(monkeypatch):
    monkeypatch.setattr(back_up, "LEAST_TIME", timedelta(0))


@pytest.mark.usefixtures("however_little_time")
def test_dead_connection_ends_in_time(failure, half_way, source):
    """A connection that goes dead ends the run in time."""
    with wire_to(source.server.port) as wire:
        half_way(wire.go_dead)
        line = failure(OutOfTimeError, login=source.login(port=str(wire.port)), seconds=17, server_knows=False)
    assert "more memory" in line
    assert "excluded_table_data" in line


def test_counting_stops_when_dump_dies(failure, half_way, source):
    """Counting is given up when the dump dies."""
    half_way(lambda: [os.kill(pid, signal.SIGKILL) for pid in children("pg_dump")])
    with closing(source.server.session(source.name)) as migration, migration.cursor() as cursor:
        cursor.execute("BEGIN; REINDEX INDEX messages_pkey")  # the count waits for the index, the dump does not
        started = time.monotonic()
        assert "SIGKILL" in failure(BackupInterruptedError)
        assert time.monotonic() - started < snapshot.LOCK_WAIT / 2


def test_lost_snapshot_session_leaves_no_backup(failure, half_way, source):
    """Losing the session that holds the snapshot leaves no backup."""
    half_way(lambda: source.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
    assert "its session failed: " in failure(BackupInterruptedError)


def test_run_without_time_does_not_begin(failure):
    """A run without enough time does not begin."""
    assert "4 s are left to work in" in failure(OutOfTimeError, seconds=19.4)


@pytest.mark.usefixtures("however_little_time")
def test_run_stops_at_its_deadline(failure, half_way):
    """A run stops itself when its time is over."""
    half_way(lambda: threading.Event().wait(3))
    assert "in time" in failure(OutOfTimeError, seconds=17)


def test_dropped_table_stays_in_dump(run, half_way, source):
    """The drop waits for the backup, and neither is harmed."""
    drop = threading.Thread(target=source.execute, args=("DROP TABLE customers CASCADE",))
    half_way(drop.start)
    manifest = run()
    drop.join()
    assert {table.name: table.rows for table in manifest.tables} == {"customers": 500, "messages": 15000}
    assert source.execute("SELECT to_regclass('customers')") == [(None,)]


@pytest.mark.parametrize("rewrite", ["TRUNCATE messages", "ALTER TABLE messages ALTER id TYPE bigint"])
def test_rewritten_table_keeps_its_rows(run, half_way, source, rewrite):
    """A rewritten table looks empty under an older snapshot."""
    writer = threading.Thread(target=source.execute, args=(rewrite,))
    half_way(writer.start)
    manifest = run()
    writer.join()
    assert {table.name: table.rows for table in manifest.tables}["messages"] == 15000


def test_table_locked_by_migration_is_named(failure, source, monkeypatch):
    """A table that a migration holds is named."""
    monkeypatch.setattr(snapshot, "LOCK_WAIT", 0.2)
    with closing(source.server.session(source.name)) as migration, migration.cursor() as cursor:
        cursor.execute("SET application_name = 'migration 42'; BEGIN; LOCK TABLE messages")
        line = failure(BackupInterruptedError)
    assert "table public.messages is held exclusively" in line
    assert "(migration 42)" in line


@pytest.mark.parametrize(("migration", "left"), [("DROP TABLE messages", None), ("TRUNCATE messages", 0)])
def test_earlier_migration_goes_first(run, source, monkeypatch, migration, left):
    """It waits for the backup's own locks, and pg_dump would wait for it: for ever, if nobody gave in."""
    monkeypatch.setattr(dump, "LOCK_WAIT", 1)
    migrating = threading.Thread(target=source.execute, args=(migration,))
    real = snapshot._take

    def slip_in(*arguments):
        taken = real(*arguments)
        if migrating.ident is None:
            migrating.start()
        while migrating.is_alive() and not source.execute("SELECT 1 FROM pg_locks WHERE NOT granted"):
            pass
        return taken

    monkeypatch.setattr(snapshot, "_take", slip_in)
    tables = {table.name: table.rows for table in run(critical_tables=()).tables}
    migrating.join()
    assert tables.get("messages") == left


def test_missing_critical_table_is_named(failure):
    """A critical table that does not exist is named."""
    line = failure(SourceNotReadyError, critical_tables=("public.customers", "public.custmers"))
    assert "critical_tables names 'public.custmers'" in line
