"""Applications that make and drop things all the time: the run itself tries again, and names what was in its way."""

import threading

import pytest

from lambdas.database_backup import back_up, snapshot
from lambdas.database_backup.errors import SchemaChangedError


@pytest.fixture
def churn(monkeypatch, source):
    """Calls an action with the number of the listing, after the tables were listed."""
    real = snapshot.tables

    def register(action):
        listings = []

        def listed(*arguments, **options):
            found = real(*arguments, **options)
            listings.append(found)
            action(len(listings))
            return found

        monkeypatch.setattr(snapshot, "tables", listed)

    return register


def test_tables_dropped_before_lock_are_ignored(run, source, churn):
    """Tables dropped before they are locked are not missed."""
    source.execute("CREATE TABLE gone_1 (); CREATE TABLE gone_2 (); CREATE TABLE gone_3 ()")
    churn(lambda number: source.execute("DROP TABLE IF EXISTS gone_1, gone_2, gone_3"))
    assert {table.name for table in run().tables} == {"customers", "messages"}


def test_table_dropped_after_snapshot_retries(run, source, churn):
    """It is in the snapshot and cannot be dumped any more."""

    def come_and_go(number):
        if number == 1:
            source.execute("CREATE TABLE short_lived AS SELECT 1 AS a")
        elif number == 2:
            source.execute("DROP TABLE short_lived")

    churn(come_and_go)
    assert {table.name for table in run().tables} == {"customers", "messages"}


def test_table_made_after_listing_is_locked(run, source, churn):
    """A table made after the listing is locked and dumped all the same."""
    churn(lambda number: source.execute("CREATE TABLE IF NOT EXISTS late AS SELECT 1 AS a"))
    assert {table.name: table.rows for table in run().tables}["late"] == 1


def test_endless_table_changes_are_named(failure, source, churn, monkeypatch):
    """Tables that come and go without end are named."""
    monkeypatch.setattr(snapshot, "_ATTEMPTS", 3)
    monkeypatch.setattr(back_up, "_ATTEMPTS", 2)
    churn(lambda number: source.execute(f"CREATE TABLE job_{number} (); DROP TABLE IF EXISTS job_{number - 1}"))
    line = failure(SchemaChangedError)
    assert "tables are made and dropped faster than they can be locked, public.job_" in line
    assert "make them temporary ones" in line


UNLOCKED = {
    "VIEW seen": "CREATE VIEW seen AS SELECT id FROM customers",
    "MATERIALIZED VIEW kept": "CREATE MATERIALIZED VIEW kept AS SELECT id FROM customers",
    "SEQUENCE counted": "CREATE SEQUENCE counted",
}


@pytest.mark.parametrize("dropped", UNLOCKED)
def test_unlockable_object_is_dumped_again(run, source, after_each_snapshot, caplog, dropped):
    """What no lock of ours keeps is dumped anew without it."""
    source.execute(UNLOCKED[dropped])
    kind, _, name = dropped.rpartition(" ")
    after_each_snapshot(lambda: source.execute(f"DROP {kind} IF EXISTS {name}"))
    assert run().rows == 15500
    assert "the dump is begun anew" in caplog.text


def test_temporary_tables_do_not_stop_backup(run, source):
    """An application that makes and drops tables all the time is backed up."""
    over = threading.Event()

    def work():
        number = 0
        while not over.is_set():
            number += 1
            source.execute(f"CREATE TABLE job_{number} AS SELECT 1 AS a; SELECT pg_sleep(0.01)")
            source.execute(f"DROP TABLE job_{number}")

    application = threading.Thread(target=work)
    application.start()
    try:
        tables = {table.name: table.rows for table in run().tables}
    finally:
        over.set()
        application.join()
    assert (tables["customers"], tables["messages"]) == (500, 15000)
