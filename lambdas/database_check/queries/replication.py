"""How far standbys are behind, and what is kept for those that do not come."""

from lambdas.database_check.queries.measurement import Grant, Measurement

REPLICATION = Measurement(
    name="replication",
    meaning="How far each standby is behind this server, or this server behind its primary when it is a standby.",
    grant=Grant.READ_ALL_STATS,
    many=True,
    # replay_lag is empty on a standby that has caught up and on one that never reported: the bytes tell which.
    sql="""
        SELECT application_name AS standby, state, behind.bytes::bigint AS lag_bytes,
               COALESCE(extract(epoch FROM replay_lag), CASE WHEN behind.bytes = 0 THEN 0 END)::float8 AS lag_seconds
        FROM pg_stat_replication, LATERAL (
            SELECT GREATEST(pg_wal_lsn_diff(
                CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END, replay_lsn
            ), 0) AS bytes
        ) AS behind
        UNION ALL
        SELECT 'this server', 'recovery', pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::bigint,
               CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
                    ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END::float8
        WHERE pg_is_in_recovery()
    """,
)

SLOTS = Measurement(
    name="replication_slots",
    meaning="Replication slots, whether somebody reads from them, and the write-ahead log kept for them.",
    many=True,
    # As JSON, because a standby's synced slots (never active, by design) came with 17, inactive_since too.
    sql="""
        SELECT slot_name AS slot, slot_type AS kind, active, wal_status,
               pg_wal_lsn_diff(
                   CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
                   restart_lsn
               )::bigint AS retained_bytes,
               to_jsonb(s) ->> 'inactive_since' AS inactive_since
        FROM pg_replication_slots s
        WHERE NOT temporary AND NOT COALESCE((to_jsonb(s) ->> 'synced')::boolean, false)
        ORDER BY active, retained_bytes DESC NULLS LAST LIMIT 20
    """,
)

MEASUREMENTS = (REPLICATION, SLOTS)
