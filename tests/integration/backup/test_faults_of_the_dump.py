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


def test_a_dump_that_is_killed_half_way_leaves_no_backup(failure, half_way):
    half_way(lambda: [os.kill(pid, signal.SIGKILL) for pid in children("pg_dump")])
    assert "pg_dump was ended by SIGKILL; was its memory short?" in failure(BackupInterruptedError)


def test_a_dump_whose_server_process_is_killed_leaves_no_backup(failure, half_way, source):
    half_way(lambda: source.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY %'"))
    assert 'pg_dump failed: Dumping the contents of table "messages" failed' in failure(BackupInterruptedError)


def test_a_dump_whose_connection_is_cut_leaves_no_backup(failure, half_way, source):
    with wire_to(source.server.port) as wire:
        half_way(wire.cut)
        line = failure(BackupInterruptedError, login=source.login(port=str(wire.port)))
    assert "closed" in line or "reset" in line


@pytest.fixture
def however_little_time(monkeypatch):
    monkeypatch.setattr(back_up, "LEAST_TIME", timedelta(0))


@pytest.mark.usefixtures("however_little_time")
def test_a_connection_that_goes_dead_ends_the_run_in_time(failure, half_way, source):
    with wire_to(source.server.port) as wire:
        half_way(wire.go_dead)
        line = failure(OutOfTimeError, login=source.login(port=str(wire.port)), seconds=17, server_knows=False)
    assert "more memory" in line
    assert "excluded_table_data" in line


def test_counting_is_given_up_when_the_dump_dies(failure, half_way, source):
    half_way(lambda: [os.kill(pid, signal.SIGKILL) for pid in children("pg_dump")])
    with closing(source.server.session(source.name)) as migration, migration.cursor() as cursor:
        cursor.execute("BEGIN; REINDEX INDEX messages_pkey")  # the count waits for the index, the dump does not
        started = time.monotonic()
        assert "SIGKILL" in failure(BackupInterruptedError)
        assert time.monotonic() - started < snapshot.LOCK_WAIT / 2


def test_losing_the_session_that_holds_the_snapshot_leaves_no_backup(failure, half_way, source):
    half_way(lambda: source.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
    assert "its session failed: " in failure(BackupInterruptedError)


def test_a_run_without_enough_time_does_not_begin(failure):
    assert "4 s are left to work in" in failure(OutOfTimeError, seconds=19.4)


@pytest.mark.usefixtures("however_little_time")
def test_a_run_stops_itself_when_its_time_is_over(failure, half_way):
    half_way(lambda: threading.Event().wait(3))
    assert "in time" in failure(OutOfTimeError, seconds=17)


def test_a_table_dropped_while_it_waits_to_be_dumped_is_in_the_dump(run, half_way, source):
    """The drop waits for the backup, and neither is harmed."""
    drop = threading.Thread(target=source.execute, args=("DROP TABLE customers CASCADE",))
    half_way(drop.start)
    manifest = run()
    drop.join()
    assert {table.name: table.rows for table in manifest.tables} == {"customers": 500, "messages": 15000}
    assert source.execute("SELECT to_regclass('customers')") == [(None,)]


@pytest.mark.parametrize("rewrite", ["TRUNCATE messages", "ALTER TABLE messages ALTER id TYPE bigint"])
def test_a_table_rewritten_once_the_backup_began_keeps_its_rows_in_it(run, half_way, source, rewrite):
    """A rewritten table looks empty under an older snapshot."""
    writer = threading.Thread(target=source.execute, args=(rewrite,))
    half_way(writer.start)
    manifest = run()
    writer.join()
    assert {table.name: table.rows for table in manifest.tables}["messages"] == 15000


def test_a_table_that_a_migration_holds_is_named(failure, source, monkeypatch):
    monkeypatch.setattr(snapshot, "LOCK_WAIT", 0.2)
    with closing(source.server.session(source.name)) as migration, migration.cursor() as cursor:
        cursor.execute("SET application_name = 'migration 42'; BEGIN; LOCK TABLE messages")
        line = failure(BackupInterruptedError)
    assert "table public.messages is held exclusively" in line
    assert "(migration 42)" in line


@pytest.mark.parametrize(("migration", "left"), [("DROP TABLE messages", None), ("TRUNCATE messages", 0)])
def test_a_migration_that_slips_in_before_the_dump_goes_first(run, source, monkeypatch, migration, left):
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


def test_a_critical_table_that_does_not_exist_is_named(failure):
    line = failure(SourceNotReadyError, critical_tables=("public.customers", "public.custmers"))
    assert "critical_tables names 'public.custmers'" in line
