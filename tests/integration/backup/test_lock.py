"""One backup at a time, and one for each slot of the schedule."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from lambdas.database_backup.errors import BackupUnderWayError
from lambdas.database_backup.source import named
from lambdas.shared.clock import now
from lambdas.shared.postgres import connect
from lambdas.vocabulary.backups import DUMP, MANIFEST

SLOT = {"slot": "2026-03-04T02:00:00Z"}


@pytest.fixture
def first_run(run, half_way):
    """A run for the slot that is half-way through until it is told to go on."""
    arrived, go_on = threading.Event(), threading.Event()
    half_way(lambda: (arrived.set(), go_on.wait(30)))
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(run, event=SLOT)
        assert arrived.wait(30)
        running.go_on = go_on.set
        try:
            yield running
        finally:
            go_on.set()


def test_second_run_does_nothing(run, bucket, first_run):
    """A second run on demand says so and does nothing."""
    with pytest.raises(BackupUnderWayError, match="another run is making a backup right now"):
        run()
    first_run.go_on()
    prefix = first_run.result().backup
    assert bucket.manifests() == [prefix + MANIFEST]
    assert [key for key in bucket.contents() if key.endswith(DUMP)] == [prefix + DUMP]


def test_concurrent_event_makes_one_backup(run, bucket, source, first_run):
    """The same event twice at once makes one backup."""
    with ThreadPoolExecutor(1) as thread:
        second = thread.submit(run, event=SLOT)
        while not source.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            assert not second.done()
        first_run.go_on()
        assert second.result() == first_run.result()
    assert bucket.manifests() == [first_run.result().backup + MANIFEST]


def test_backed_up_slot_is_skipped(run, bucket):
    """A slot that has its backup is not backed up again."""
    first = run(event=SLOT)
    before = bucket.contents()
    assert run(event=SLOT) == first
    assert bucket.contents() == before


def test_failed_slot_is_made_next(run, bucket, half_way, source):
    """A slot whose run failed is made by the next."""
    ours = "application_name LIKE 'junkos-monitoring/backup %'"
    half_way(lambda: source.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"))
    with pytest.raises(Exception, match="stopped"):
        run(event=SLOT)
    assert bucket.manifests() == []
    assert run(event=SLOT).slot == "2026-03-04T02:00:00.000+00:00"


def test_wait_for_another_run_is_limited(run, first_run):
    """Another run may be waited for only so long."""
    with pytest.raises(BackupUnderWayError, match="another run was still making a backup"):
        run(event=SLOT, seconds=16)


def test_stale_upload_is_aborted(run, bucket):
    """An upload of a run that died is aborted by the next."""
    bucket.s3.create_multipart_upload(Bucket=bucket.name, Key="junkos/2026/03/04/dump.pgc.zst")
    bucket.s3.create_multipart_upload(Bucket=bucket.name, Key="other/2026/03/04/dump.pgc.zst")
    run()
    assert bucket.uploads() == ["other/2026/03/04/dump.pgc.zst"]


def test_only_stale_sessions_are_ended(run, source):
    """A session that outlived its run is ended and others are not."""
    orphan = named(source.login(), now() - timedelta(seconds=1))
    alive = named(source.login(), now() + timedelta(minutes=5))
    with (
        connect(orphan, application_name=orphan.parameters["application_name"]) as one,
        connect(alive, application_name=alive.parameters["application_name"]) as other,
    ):
        with one.cursor() as cursor:
            cursor.execute("LOCK TABLE customers IN ACCESS SHARE MODE; SELECT pg_advisory_lock(0x6a756e6b6f73)")
        run()
        assert [process for process, *_ in source.sessions()] == [other.info.backend_pid]
