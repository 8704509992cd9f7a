"""No session of the backup waits for a lock for long, and who is in its way is named."""

import threading
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg2
import pytest

from lambdas.database_backup import lock_watch, snapshot
from lambdas.database_backup.errors import BackupInterruptedError
from lambdas.shared.postgres import connect
from tests.integration.backup.conftest import LOGIN, children

OBJECTS = """
CREATE VIEW seen AS SELECT id FROM customers;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM customers;
CREATE SEQUENCE counted;
"""
OPEN = {
    "REFRESH MATERIALIZED VIEW kept": "materialized view public.kept",
    "DROP MATERIALIZED VIEW kept": "materialized view public.kept",
    "DROP VIEW seen": "view public.seen",
    "DROP SEQUENCE counted": "sequence public.counted",
    "ALTER VIEW seen RENAME TO unseen": "view public.seen",
}


@contextmanager
def uncommitted(source, statement):
    """A session of the application that has done something and not committed it."""
    with closing(source.server.session(source.name)) as session, session.cursor() as cursor:
        cursor.execute(f"SET application_name = 'nightly job'; BEGIN; {statement}")
        yield cursor


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(lock_watch, "SILENCE", 0.05)
    monkeypatch.setattr(lock_watch, "LOCK_WAIT", timedelta(seconds=0.5))
    monkeypatch.setattr(snapshot, "LOCK_WAIT", 0.5)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("statement", OPEN)
def test_blocking_session_is_named(failure, source, statement):
    """What pg dump waits for is named with who holds it."""
    source.execute(OBJECTS)
    with uncommitted(source, statement):
        line = failure(BackupInterruptedError)
    assert f"{OPEN[statement]} is held exclusively by process " in line
    assert "(nightly job) for over 0.5 s (run the backup again" in line


def test_short_refresh_is_waited_for(run, source, monkeypatch):
    """A refresh that ends in time is waited for."""
    monkeypatch.setattr(lock_watch, "SILENCE", 0.05)
    source.execute(OBJECTS)
    with uncommitted(source, "REFRESH MATERIALIZED VIEW kept") as cursor:

        def commit_once_it_is_waited_for():
            while not source.execute("SELECT 1 FROM pg_locks WHERE NOT granted"):
                assert waiting.is_alive()
            cursor.execute("COMMIT")

        waiting = threading.Thread(target=commit_once_it_is_waited_for)
        waiting.start()
        assert run().rows == 15500
        waiting.join()


@pytest.mark.usefixtures("impatient")
def test_what_a_count_waits_for_is_named(failure, source):
    """The dump does not need the index."""
    with uncommitted(source, "REINDEX INDEX messages_pkey"):
        line = failure(BackupInterruptedError)
    assert "index public.messages_pkey is held exclusively by process " in line
    assert "(nightly job)" in line


def test_failed_lock_watch_does_not_matter(run, monkeypatch, caplog):
    """A watch that cannot log in leaves the dump alone."""

    def refuse(*_, **__):
        raise psycopg2.OperationalError(f'FATAL:  too many connections for role "{LOGIN}"')

    monkeypatch.setattr(lock_watch, "SILENCE", 0.0)
    monkeypatch.setattr(lock_watch, "connect", refuse)
    assert run().rows == 15500
    assert "nobody sees whether pg_dump waits for a lock" in caplog.text


def test_lock_waits_are_limited(source):
    """Every session of ours waits for a lock for a minute at most."""
    with connect(source.login(options="-c lock_timeout=0"), application_name="ours") as session:
        cursor = session.cursor()
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchall() == [("1min",)]


def test_lock_watch_ends_with_run(run):
    """The watch is over when the run is."""
    run()
    assert [thread.name for thread in threading.enumerate() if thread.name == "lock-watch"] == []
    assert children("pg_dump") == []
