"""The full drill: the newest proven backup restored by schedule or on demand, and a record that is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.restore_verification.request import BadRequestError, Request
from lambdas.restore_verification.resources import Resources
from lambdas.restore_verification.verify import Verifier
from lambdas.shared.catalogue import Catalogue, NotABackupError, newest_proven
from lambdas.shared.drills import read_drill
from lambdas.shared.observability import logger
from lambdas.vocabulary.backups import RETENTION_TAG, UNPROVEN, Manifest, Verification
from lambdas.vocabulary.drills import RETENTION, Drill, Occasion, key_of


@dataclass(frozen=True)
class DrillRequest:
    at: datetime
    """The schedule's time, or when it was asked for."""
    occasion: Occasion
    requested_by: str
    reason: str

    @classmethod
    def of(cls, event: Mapping[str, Any], at: datetime) -> "DrillRequest":
        """Raises BadRequestError for a slot that is no time."""
        slot = event.get("slot")
        if slot is None:
            asked_by, reason = str(event.get("requested_by", "operator")), str(event.get("reason", "on demand"))
            return cls(at, Occasion.ON_DEMAND, asked_by, reason)
        try:
            due = datetime.fromisoformat(slot)
            occasion = Occasion.of_slot(due)
        except (TypeError, ValueError):
            raise BadRequestError(f"the drill's slot {slot!r:.60} is no ISO 8601 time") from None
        return cls(due, occasion, "schedule", f"full drill of the {occasion}")


def run_drill(event: Mapping[str, Any], verifier: Verifier, resources: Resources) -> Drill:
    """Restore the newest proven backup and record what that showed; the record of a slot is made once.

    Raises BadRequestError, NotABackupError when there is no backup, and what a verification raises.
    """
    settings, catalogue = verifier.settings, verifier.catalogue
    request = DrillRequest.of(event, verifier.clock())
    key = key_of(settings.database, request.at, request.occasion)
    if earlier := read_drill(catalogue.s3, catalogue.bucket, key):
        logger.info("this drill has been run before", drill=key, verdict=earlier.verdict)
        return earlier
    backup = _newest(catalogue, settings.database, request.at)
    wanted = Request(backup, request.requested_by, request.reason, on_demand=True)
    verification = verifier.verify(wanted, resources)
    manifest = catalogue.commit(backup).manifest
    proven = verification.is_proof_at(verifier.clock())
    return _record(catalogue, _drill(request, manifest, verification, proven=proven))


def _newest(catalogue: Catalogue, database: str, moment: datetime) -> str:
    """The newest proven backup; where none is, the newest."""
    if proven := newest_proven(catalogue, database, moment):
        return proven.manifest.backup
    if backups := catalogue.prefixes(database):
        return backups[0]
    raise NotABackupError(f"there is no backup of {database!r} to hold a drill with (ops ENVIRONMENT backup now)")


def _drill(request: DrillRequest, manifest: Manifest, verification: Verification, *, proven: bool) -> Drill:
    return Drill(
        at=request.at,
        occasion=request.occasion,
        database=manifest.database,
        backup=manifest.backup,
        snapshot_at=datetime.fromisoformat(manifest.snapshot_at),
        database_bytes=manifest.database_bytes,
        verdict=verification.verdict,
        proven=proven,
        seconds=verification.seconds,
        recovery_time_objective=verification.recovery_time_objective,
        server_version=verification.server_version,
        requested_by=verification.requested_by,
        reason=verification.reason,
        findings=tuple(f"{check.name}: {check.detail}" for check in verification.checks if check.result in UNPROVEN),
    )


def _record(catalogue: Catalogue, drill: Drill) -> Drill:
    """Write it unless it is there: of two runs for one slot the first is the drill, which is returned then."""
    s3 = catalogue.s3
    try:
        s3.put_object(
            Bucket=catalogue.bucket,
            Key=drill.key,
            Body=drill.to_json().encode(),
            ContentType="application/json",
            Tagging=f"{RETENTION_TAG}={RETENTION}",
            IfNoneMatch="*",
        )
    except s3.exceptions.ClientError as error:
        first = read_drill(s3, catalogue.bucket, drill.key)
        if first is None:
            raise
        logger.warning("another run recorded this drill first", drill=drill.key, reason=str(error))
        return first
    logger.info("drill recorded", drill=drill.key, verdict=drill.verdict, within_objective=drill.is_within_objective)
    return drill
