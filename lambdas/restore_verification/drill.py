"""The full drill: the newest proven backup restored by schedule or on demand, and a record that is kept of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lambdas.restore_verification.request import Request
from lambdas.restore_verification.resources import Resources
from lambdas.restore_verification.verify import Verifier
from lambdas.shared.catalogue import Catalogue, NotABackupError, newest_proven
from lambdas.shared.drills import read_drill
from lambdas.shared.held_drills import DrillRequest, record
from lambdas.shared.observability import logger
from lambdas.vocabulary.backups import UNPROVEN, Manifest, Verification
from lambdas.vocabulary.drills import Drill, key_of
from lambdas.vocabulary.large_runs import TooLarge


def run_drill(event: Mapping[str, Any], verifier: Verifier, resources: Resources) -> Drill | TooLarge:
    """Restore the newest proven backup and record what that showed; the record of a slot is made once.

    One that is too large for the function is left alone, and there is no record yet.

    Raises BadSlotError, NotABackupError when there is no backup, and what a verification raises.
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
    if isinstance(verification, TooLarge):
        return verification
    manifest = catalogue.commit(backup).manifest
    proven = verification.is_proof_at(verifier.clock())
    return record(catalogue.s3, catalogue.bucket, _drill(request, manifest, verification, proven=proven))


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
