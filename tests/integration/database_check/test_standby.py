"""A primary and its standby, each checked."""

import subprocess

import pytest
from psycopg2.extensions import make_dsn

from embedded import postgres, process
from lambdas.database_check.states import InMemory
from tests.integration.database_check.conftest import SETTINGS, Server, check, judgements, serving, until


@pytest.fixture(scope="module")
def primary(tmp_path_factory):
    # The default programs: those of other versions lack the library that a standby receives with.
    with serving(18, tmp_path_factory.mktemp("primary"), postgres.default_programs()) as primary:
        yield primary


@pytest.fixture(scope="module")
def standby(primary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("standby")
    copy = [f"{postgres.default_programs()}/pg_basebackup", f"--pgdata={folder}/data", "--checkpoint=fast"]
    source = make_dsn(primary.running.url(), application_name="copy")
    subprocess.run([*process.unprivileged(), *copy, "--write-recovery-conf", f"--dbname={source}"], check=True)
    (folder / "data.password").write_text(primary.running.password)
    with postgres.server(folder / "data") as running:
        until(lambda: primary.query("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))
        yield Server(18, running)


def test_a_standby_and_its_primary_are_both_measured(primary, standby):
    until(lambda: standby.query("SELECT 1 WHERE pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()"))
    (row,) = check(SETTINGS, primary.login, InMemory())["measurements"]["replication"]
    assert (row["standby"], row["state"]) == ("copy", "streaming")
    summary = check(SETTINGS, standby.login, InMemory())
    assert summary["standby"] is True
    assert summary["absent"].keys() == {"since_last_check", "slow_statements"}
    (row,) = summary["measurements"]["replication"]
    assert (row["standby"], row["lag_bytes"], row["lag_seconds"]) == ("this server", 0, 0)


def test_a_standby_that_stops_replaying_falls_behind(primary, standby):
    primary.query("CREATE TABLE seen ()")
    until(lambda: standby.query("SELECT 1 WHERE pg_last_xact_replay_timestamp() IS NOT NULL"))
    standby.query("SELECT pg_wal_replay_pause()")
    until(lambda: standby.query("SELECT 1 WHERE pg_get_wal_replay_pause_state() = 'paused'"))
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
