"""Backups, their restores and drills, as they lie in the bucket."""

import hashlib
from datetime import timedelta

from lambdas.vocabulary.backups import (
    MANIFEST,
    VERIFICATION,
    Acceptance,
    Check,
    Manifest,
    Result,
    Retention,
    Seconds,
    Verdict,
    Verification,
    prefix_of,
)
from lambdas.vocabulary.drills import Drill, Kind, Occasion
from tests.unit.lambdas.checklist.accounts import AT
from tests.unit.lambdas.checklist.stored import Objects

OBJECTIVE = timedelta(hours=1)
PASSED, FAILED = Check("row counts", Result.PASSED, "4 tables"), Check("row counts", Result.FAILED, "orders: 3 of 4")


def backup(
    hours: float = 4,
    *,
    verdict: Verdict | None = Verdict.PROVEN,
    seconds: float = 90,
    accepted: tuple[Acceptance, ...] = (),
) -> Objects:
    """One whose snapshot is so many hours old, and that was restored an hour later unless `verdict` is None."""
    at = AT - timedelta(hours=hours)
    prefix = prefix_of("junkos", at, "x")
    manifest = Manifest(
        backup=prefix,
        database="junkos",
        server_version="18.1",
        client_version="18.1",
        snapshot_at=at.isoformat(),
        started_at=at.isoformat(),
        finished_at=at.isoformat(),
        raw_bytes=1,
        database_bytes=1,
        objects={},
        pg_dump_exit_status=0,
        extensions=(),
        tables=(),
        retention=Retention.DAILY,
        correlation_id="x",
    ).to_json()
    found = {prefix + MANIFEST: manifest}
    if verdict:
        digest = hashlib.sha256(manifest).hexdigest()
        restored = (at + timedelta(hours=1)).isoformat()
        found[prefix + VERIFICATION] = Verification(
            backup=prefix,
            manifest_sha256=digest,
            verdict=verdict,
            checks=(FAILED if verdict is Verdict.FAILED else PASSED,),
            seconds=Seconds(fetch=0, restore=seconds, verify=0),
            recovery_time_objective=OBJECTIVE.total_seconds(),
            started_at=restored,
            finished_at=restored,
            requested_by="ana",
            reason="",
            server_version="18.1",
            correlation_id="x",
            accepted=accepted,
        ).to_json()
    return found


def drill(days: float = 3, *, proven: bool = True, seconds: float = 120, kind: Kind = Kind.BACKUP) -> Objects:
    at = AT - timedelta(days=days)
    made = Drill(
        at=at,
        occasion=Occasion.MONTH,
        database="junkos",
        backup=prefix_of("junkos", at, "x"),
        snapshot_at=at,
        database_bytes=1,
        verdict=Verdict.PROVEN if proven else Verdict.FAILED,
        proven=proven,
        seconds=Seconds(fetch=0, restore=seconds, verify=0),
        recovery_time_objective=OBJECTIVE,
        server_version="18.1",
        requested_by="the schedule",
        reason="",
        findings=() if proven else ("row counts: orders: 3 of 4",),
        kind=kind,
    )
    return {made.key: made.to_json().encode()}
