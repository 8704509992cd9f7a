"""How far standbys are behind, and what is kept for those that do not come."""

from lambdas.database_check.queries.measurement import Grant, Measurement

REPLICATION = Measurement(
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
)

SLOTS = Measurement(
    name="replication_slots",
    meaning="Replication slots, whether somebody reads from them, and the write-ahead log kept for them.",
    many=True,
    # As JSON, because a standby's synced slots (never active, by design) came with 17, the others too.
    sql="""
        SELECT slot_name AS slot, slot_type AS kind, active, wal_status,
               pg_wal_lsn_diff(
                   CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
                   restart_lsn
               )::bigint AS retained_bytes,
               to_jsonb(s) ->> 'inactive_since' AS inactive_since,
               to_jsonb(s) ->> 'invalidation_reason' AS invalidation_reason
        FROM pg_replication_slots s
        WHERE NOT temporary AND NOT COALESCE((to_jsonb(s) ->> 'synced')::boolean, false)
        ORDER BY active, retained_bytes DESC NULLS LAST LIMIT 20
    """,
)

MEASUREMENTS = (REPLICATION, SLOTS)
