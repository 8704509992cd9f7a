"""A primary and its standby, each checked."""

import subprocess
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg2.extensions import make_dsn

from emulator import postgres, postgres_versions, process
from lambdas.database_check.states import InMemory
from tests.integration.database_check.conftest import (
    EVERY_VERSION,
    SETTINGS,
    Server,
    check,
    judgements,
    serving,
    until,
)

NO_LAG = replace(SETTINGS, replication_lag=timedelta(0))
PREPARED = {"max_prepared_transactions": "5"}
"""A standby must have room for as many as its primary."""
LAST_COMMIT = "SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8"


@pytest.fixture(scope="module")
def primary(tmp_path_factory):
    # The default programs: those of other versions lack the library that a standby receives with.
    with serving(18, tmp_path_factory.mktemp("primary"), postgres.default_programs()) as primary:
        yield primary


@pytest.fixture(scope="module")
def standby(primary, tmp_path_factory):
    data = tmp_path_factory.mktemp("standby") / "data"
    _copy(primary, data, postgres.default_programs(), "--write-recovery-conf")
    with postgres.server(data, settings=PREPARED) as running:
        until(lambda: primary.query("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))
        yield Server(18, running)


def _copy(primary, data, programs, *options):
    source = make_dsn(primary.running.url(), application_name="copy")
    command = [f"{programs}/pg_basebackup", f"--pgdata={data}", "--checkpoint=fast", f"--dbname={source}", *options]
    subprocess.run([*process.unprivileged(), *command], check=True)
    data.with_name("data.password").write_text(primary.running.password)


def test_standby_and_primary_are_measured(primary, standby):
    """A standby and its primary are both measured."""
    until(lambda: standby.query("SELECT 1 WHERE pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn()"))
    (row,) = check(SETTINGS, primary.login, InMemory())["measurements"]["replication"]
    assert (row["standby"], row["state"]) == ("copy", "streaming")
    summary = check(SETTINGS, standby.login, InMemory())
    assert summary["standby"] is True
    assert summary["absent"].keys() == {"since_last_check", "slow_statements"}
    (row,) = summary["measurements"]["replication"]
    assert (row["standby"], row["state"], row["lag_bytes"], row["lag_seconds"]) == ("this server", "streaming", 0, 0)


def test_restarted_standby_is_not_behind(primary, tmp_path):
    """What it has from before lies ahead of what it has received since, as long as its primary writes nothing."""
    _copy(primary, tmp_path / "data", postgres.default_programs(), "--write-recovery-conf")
    primary.query("CREATE TABLE before_the_end ()")
    for _ in range(2):
        with postgres.server(tmp_path / "data", settings=PREPARED) as running:
            standby = Server(18, running)
            until(lambda standby=standby: standby.query("SELECT 1 WHERE to_regclass('before_the_end') IS NOT NULL"))
            until(
                lambda standby=standby: standby.query("SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'")
            )
            summary = check(NO_LAG, standby.login, InMemory())
    (row,) = summary["measurements"]["replication"]
    assert (row["state"], row["lag_bytes"], row["lag_seconds"]) == ("streaming", 0, 0)


@contextmanager
def paused(standby):
    """A standby that receives and does not replay."""
    standby.query("SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        standby.query("SELECT pg_wal_replay_resume()")


def _is_paused(standby):
    return standby.query("SELECT 1 WHERE pg_get_wal_replay_pause_state() = 'paused'")


def test_a_standby_that_stops_replaying_falls_behind(primary, standby):
    primary.query("CREATE TABLE seen ()")
    until(lambda: standby.query("SELECT 1 WHERE pg_last_xact_replay_timestamp() IS NOT NULL"))
    with paused(standby):
        until(lambda: _is_paused(standby))
        primary.query("CREATE TABLE unseen AS SELECT generate_series(1, 10000) AS id")
        primary.query("DROP TABLE unseen")
        until(
            lambda: standby.query(
                "SELECT 1 WHERE pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) > 500000"
            )
        )
        (behind,) = check(SETTINGS, standby.login, InMemory())["measurements"]["replication"]
        assert behind["lag_bytes"] > 500_000
        assert behind["lag_seconds"] > 0
        (seen,) = until(lambda: _lagging(check(SETTINGS, primary.login, InMemory())))
        assert seen["lag_bytes"] > 500_000


def _lagging(summary):
    assert judgements(summary, "replication_lag") == []  # five minutes are allowed
    return [row for row in summary["measurements"]["replication"] if (row["lag_seconds"] or 0) > 0]


@contextmanager
def cut_off(standby):
    """A standby whose primary is nowhere to be found."""
    dead = make_dsn(host="127.0.0.1", port=process.free_port(), user="postgres")
    ((connected,),) = standby.query("SHOW primary_conninfo")
    standby.query(f"ALTER SYSTEM SET primary_conninfo = '{dead}'")
    standby.query("SELECT pg_reload_conf()")
    until(lambda: not standby.query("SELECT 1 FROM pg_stat_wal_receiver"))
    try:
        yield
    finally:
        quoted = connected.replace("'", "''")
        standby.query(f"ALTER SYSTEM SET primary_conninfo = '{quoted}'")
        standby.query("SELECT pg_reload_conf()")
        until(lambda: standby.query("SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'"))


def test_disconnected_standby_ages_since_commit(primary, standby):
    """A standby that is cut off is as old as its newest commit."""
    primary.query("CREATE TABLE seen_before_the_cut ()")
    until(lambda: standby.query("SELECT 1 WHERE to_regclass('seen_before_the_cut') IS NOT NULL"))
    with cut_off(standby):
        ((before,),) = standby.query(LAST_COMMIT)
        summary = check(NO_LAG, standby.login, InMemory())
        ((after,),) = standby.query(LAST_COMMIT)
    (row,) = summary["measurements"]["replication"]
    assert (row["state"], row["lag_bytes"]) == ("disconnected", None)
    assert before < row["lag_seconds"] < after
    (judgement,) = judgements(summary, "replication_lag")
    assert judgement["message"].startswith("this server has no connection to its primary, and the newest commit")
    assert judgements(check(SETTINGS, standby.login, InMemory()), "replication_lag") == []


def test_unconnected_standby_ages_since_copy(primary, tmp_path):
    """It has replayed no commit of which it could say the time."""
    _copy(primary, tmp_path / "data", postgres.default_programs())
    (tmp_path / "data" / "standby.signal").touch()
    lost = PREPARED | {"primary_conninfo": f"host=127.0.0.1 port={process.free_port()}"}
    with postgres.server(tmp_path / "data", settings=lost) as running:
        summary = check(NO_LAG, Server(18, running).login, InMemory())
    (row,) = summary["measurements"]["replication"]
    assert row["state"] == "disconnected"
    assert row["lag_seconds"] > 0


@pytest.fixture(scope="module", params=[EVERY_VERSION[0], EVERY_VERSION[-1]])
def archived(request, tmp_path_factory):
    """A primary and a standby that is fed by the primary's archive alone."""
    folder, programs = tmp_path_factory.mktemp("archived"), postgres_versions.programs(request.param)
    (archive := folder / "archive").mkdir()
    archiving = {"archive_mode": "on", "archive_command": f"cp %p {archive}/%f"}
    with serving(request.param, folder, programs, **archiving) as primary:
        _copy(primary, folder / "standby" / "data", programs)
        (folder / "standby" / "data" / "standby.signal").touch()
        fed = PREPARED | {"restore_command": f"cp {archive}/%f %p", "wal_retrieve_retry_interval": "20"}
        with postgres.server(folder / "standby" / "data", settings=fed, programs=programs) as running:
            yield primary, Server(request.param, running)


def test_replayed_archive_is_not_behind(archived):
    """A standby that has replayed its archive is not behind."""
    primary, standby = archived
    primary.query("CREATE TABLE archived ()")
    primary.query("SELECT pg_switch_wal()")
    until(lambda: standby.query("SELECT 1 WHERE to_regclass('archived') IS NOT NULL"))
    row = until(lambda: _waiting(check(NO_LAG, standby.login, InMemory())))
    assert (row["lag_bytes"], row["lag_seconds"]) == (None, None)


def _waiting(summary):
    (row,) = summary["measurements"]["replication"]
    return row if row["state"] == "waiting for the archive" else None


def test_unreplayed_archive_falls_behind(archived):
    """A standby that does not replay its archive falls behind."""
    primary, standby = archived
    with paused(standby):
        primary.query("CREATE TABLE unseen ()")
        primary.query("SELECT pg_switch_wal()")
        until(lambda: _is_paused(standby))
        summary = check(NO_LAG, standby.login, InMemory())
    (row,) = summary["measurements"]["replication"]
    assert row["state"] == "recovery"
    assert row["lag_seconds"] > 0
    assert len(judgements(summary, "replication_lag")) == 1
