"""How far standbys are behind."""

from lambdas.database_check.check import Check, Grant, Row, Rule, Threshold
from lambdas.shared.quantities import seconds_taken
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit


def _how_far_behind(standby: Row) -> str:
    lag = seconds_taken(standby["lag_seconds"])
    if standby["state"] == "disconnected":
        return f"{standby['standby']} has no connection to its primary, and the newest commit that it has is {lag} old"
    if not standby["confirms"]:
        return f"{standby['standby']} has confirmed nothing of what it was sent since it connected {lag} ago"
    return f"{standby['standby']} is {lag} behind"


REPLICATION = Check(
    name="replication",
    meaning="How far each standby is behind this server, or this server behind its primary when it is a standby.",
    grant=Grant.READ_ALL_STATS,
    many=True,
    # Of a receiver that does not replay, such as a backup of the write-ahead log, what it wrote counts.  One that never
    # confirmed anything has no lag by the server's own numbers, so the time since it connected stands for it.
    #
    # A standby knows how old its newest commit is, and not whether there is a newer one at its primary: connected and
    # with everything replayed it is not behind.  Without a connection it may be as old as that, and no older.  One
    # that is fed by an archive alone and has replayed all of it cannot know.
    sql="""
        SELECT application_name AS standby, state, confirmed.lsn IS NOT NULL AS confirms,
               behind.bytes::bigint AS lag_bytes,
               extract(epoch FROM CASE
                   WHEN replay_lsn IS NOT NULL THEN COALESCE(replay_lag, behind.nothing)
                   WHEN confirmed.lsn IS NOT NULL THEN COALESCE(write_lag, behind.nothing)
                   WHEN state IN ('catchup', 'streaming')
                   THEN COALESCE(behind.nothing, clock_timestamp() - backend_start)
               END)::float8 AS lag_seconds
        FROM pg_stat_replication r LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid, LATERAL (
            SELECT COALESCE(replay_lsn, flush_lsn, write_lsn) AS lsn
        ) AS confirmed, LATERAL (
            SELECT pg_wal_lsn_diff(
                CASE WHEN pg_is_in_recovery() THEN GREATEST(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                     ELSE pg_current_wal_lsn() END,
                COALESCE(confirmed.lsn, s.confirmed_flush_lsn, s.restart_lsn)
            ) AS bytes
        ) AS difference, LATERAL (
            SELECT CASE WHEN difference.bytes > 0 THEN difference.bytes WHEN difference.bytes <= 0 THEN 0 END AS bytes,
                   CASE WHEN difference.bytes <= 0 THEN interval '0' END AS nothing
        ) AS behind
        UNION ALL
        SELECT 'this server', state, true, CASE WHEN state = 'streaming' THEN behind END::bigint,
               extract(epoch FROM CASE
                   WHEN state = 'streaming' AND behind = 0 THEN interval '0'
                   WHEN state <> 'waiting for the archive' THEN clock_timestamp() - newest
               END)::float8
        FROM (
            SELECT GREATEST(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - pg_last_wal_replay_lsn() AS behind,
                   GREATEST(pg_last_xact_replay_timestamp(), (SELECT checkpoint_time FROM pg_control_checkpoint()))
                       AS newest,
                   CASE WHEN EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') THEN 'streaming'
                        WHEN COALESCE((SELECT setting <> '' FROM pg_settings WHERE name = 'primary_conninfo'),
                                      current_setting('restore_command') = '') THEN 'disconnected'
                        WHEN EXISTS (
                            SELECT FROM pg_stat_activity WHERE backend_type = 'startup'
                            AND wait_event IN ('RecoveryRetrieveRetryInterval', 'RestoreCommand')
                        ) THEN 'waiting for the archive'
                        ELSE 'recovery' END AS state
            WHERE pg_is_in_recovery()
        ) AS standby
    """,
    rule=Rule(
        name="replication_lag",
        trouble="A standby is behind or cut off: a failover now would lose what it has not got.",
        what_to_do="A long query on the standby, or too little CPU or network there. *No connection to its primary*:"
        " the standby's log says why; is the primary's address right, may it log in, is the log that it needs still"
        " there? *Confirmed nothing*: the reader hangs; restart it.",
        number="lag_seconds",
        message=lambda standby, threshold: f"{_how_far_behind(standby)} (threshold {threshold})",
        thresholds=(
            Threshold(
                "replication_lag",
                default=300,
                unit=Unit.SECONDS,
                level=Level.MEDIUM,
                why="what a failover would lose; see below for a standby that is cut off",
                allowed=(10, 86400),
                description="How far a standby may be behind.",
            ),
        ),
        metric=Metric.REPLICATION_LAG,
    ),
)
