"""Replication slots whose readers are gone or do not keep up."""

from lambdas.database_check.check import Check, Row, Rule, Threshold, counted
from lambdas.shared.quantities import size
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit


def _neglected(slots: list[Row]) -> list[Row]:
    """Those without a reader, and those whose reader does not keep up: more is kept for them than max_wal_size."""
    return counted(slot for slot in slots if not slot["active"] or slot["wal_status"] not in ("reserved", None))


def _what_is_wrong_with(slot: Row) -> str:
    name, kept = f"replication slot {slot['slot']}", size(slot["retained_bytes"] or 0)
    if slot["wal_status"] == "lost":
        reason = f" ({slot['invalidation_reason']})" if slot["invalidation_reason"] else ""
        return (
            f"{name} is lost{reason}: the server no longer has what its reader needs next,"
            " so drop it and set the reader up anew"
        )
    if slot["active"]:
        return f"the reader of {name} does not confirm what it reads: {kept} of write-ahead log are kept for it"
    since = f" since {slot['inactive_since']}" if slot["inactive_since"] else ""
    return f"nobody reads from {name}{since}; {kept} of write-ahead log are kept for it"


REPLICATION_SLOTS = Check(
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
    rule=Rule(
        name="inactive_slot",
        trouble="Nobody reads from a replication slot, or its reader confirms nothing: the log kept for it"
        " fills the disk.",
        what_to_do="A reader is gone, or connected without confirming what it reads: bring it back, or `SELECT"
        " pg_drop_replication_slot('<name>')`. The log that it keeps fills the disk. A slot that is *lost* keeps"
        " nothing any more: drop it, and set its reader up anew from a copy.",
        objects=_neglected,
        number="count",
        message=lambda slot, threshold: f"{_what_is_wrong_with(slot)} (threshold {threshold} such slots)",
        thresholds=(
            Threshold(
                "inactive_slots",
                default=0,
                unit=Unit.COUNT,
                level=Level.HIGH,
                why="slots without a reader, with one for which more than `max_wal_size` is kept, or lost: the server"
                " keeps its write-ahead log for a slot until the disk is full",
            ),
        ),
        metric=Metric.INACTIVE_SLOTS,
    ),
)
