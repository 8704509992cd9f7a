"""The verification of one backup, from the request to `verification.json`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lambdas.restore_verification.examine import examine
from lambdas.restore_verification.request import Request
from lambdas.restore_verification.resources import Resources
from lambdas.restore_verification.settings import Settings
from lambdas.shared.catalogue import Catalogue, Commit, NotABackupError
from lambdas.shared.clock import Clock, now
from lambdas.shared.large_runs import on_instance
from lambdas.shared.observability import logger, publish
from lambdas.shared.restore.errors import CouldNotVerifyError
from lambdas.shared.restore.intact import object_store
from lambdas.shared.restore.objects import Backup
from lambdas.vocabulary.backups import (
    DUMP,
    RETENTION_TAG,
    UNPROVEN,
    VERIFICATION,
    Answer,
    Manifest,
    Verdict,
    Verification,
)
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.large_runs import TooLarge
from lambdas.vocabulary.metrics import Dimension, Metric

_LOOKED_BACK = 60
"""Backups among which the newest that was proven in part is sought."""


@dataclass(frozen=True)
class Verifier:
    """What verifies: the settings, the bucket's backups, the time of day."""

    settings: Settings
    catalogue: Catalogue
    clock: Clock = now

    def verify(self, request: Request, resources: Resources) -> Verification | TooLarge:
        """Restore the backup, check it, write what was found beside it and return it, whatever the verdict.

        A backup that is too large for the function is left alone, and said to be.
        Raises NotABackupError when no backup lies there and CouldNotVerifyError when nothing can be said of it;
        then nothing is written.
        """
        with _log_and_wrap_errors(request), object_store():
            commit = self.catalogue.commit(request.backup)
            logger.set_correlation_id(_correlation_id(request, commit))
            if not request.on_demand and (earlier := self._earlier(commit)):
                logger.info("this backup has been verified before", backup=earlier.backup, verdict=earlier.verdict)
                return earlier
            if left := self._too_large(commit.manifest):
                return left
            verification = self._verify(request, commit, resources)
            self._write(commit.manifest, verification)
            self._tell(commit.manifest, verification)
            return verification

    def _too_large(self, manifest: Manifest) -> TooLarge | None:
        """The one place that decides it; on an instance no backup is."""
        limit = manifest.provable_bytes
        if not self.settings.large_runs or limit is None or manifest.database_bytes <= limit or on_instance():
            return None
        text = "backup too large for the function: left to a large run"
        logger.info(text, backup=manifest.backup, bytes=manifest.database_bytes, limit=limit)
        return TooLarge(manifest.database_bytes, limit)

    def _earlier(self, commit: Commit) -> Verification | None:
        """What was found when the event came before; a verification of another manifest does not count."""
        found = self.catalogue.verification(commit.manifest.backup)
        return found if found and found.manifest_sha256 == commit.sha256 else None

    def _verify(self, request: Request, commit: Commit, resources: Resources) -> Verification:
        started, assertions = self.clock(), self.settings.sql_assertions
        accepted = [acceptance for acceptance in self.settings.accepted if acceptance.holds_at(started)]
        restored_at = self._restored_before(commit.manifest)
        found = examine(Backup(self.catalogue, commit.manifest), assertions, accepted, resources, restored_at)
        verdict = Verdict.of([check.result for check in found.checks])
        is_good = verdict in (Verdict.PROVEN_BUT_FOR, Verdict.PROVEN_IN_PART)
        return Verification(
            backup=commit.manifest.backup,
            manifest_sha256=commit.sha256,
            verdict=verdict,
            checks=found.checks,
            seconds=found.seconds,
            recovery_time_objective=self.settings.recovery_time_objective.total_seconds(),
            started_at=started.isoformat(timespec="milliseconds"),
            finished_at=self.clock().isoformat(timespec="milliseconds"),
            requested_by=request.requested_by,
            reason=request.reason,
            server_version=found.server_version,
            correlation_id=_correlation_id(request, commit),
            accepted=found.accepted if is_good else (),
            left_out=(*commit.manifest.left_out, *found.left_out),
            part=found.share.part(started, restored_at) if found.share and is_good else None,
        )

    def _restored_before(self, manifest: Manifest) -> Mapping[str, str | None]:
        """When each table was last restored, of a database that is proven in parts."""
        if manifest.provable_bytes is None or manifest.database_bytes <= manifest.provable_bytes:
            return {}
        for prefix in self.catalogue.prefixes(manifest.database)[:_LOOKED_BACK]:
            found = self.catalogue.verification(prefix)
            if found and found.part:
                return found.part.restored_at
        return {}

    def _write(self, manifest: Manifest, verification: Verification) -> None:
        self.catalogue.s3.put_object(
            Bucket=self.catalogue.bucket,
            Key=manifest.backup + VERIFICATION,
            Body=verification.to_json(),
            ContentType="application/json",
            Tagging=f"{RETENTION_TAG}={self._retention(manifest)}",
        )

    def _retention(self, manifest: Manifest) -> str:
        """The dump's own tag: a backup that is kept from expiry is kept with its proof."""
        s3, key = self.catalogue.s3, manifest.backup + DUMP
        try:
            tags = s3.get_object_tagging(Bucket=self.catalogue.bucket, Key=key)["TagSet"]
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            tags = []
        return next((tag["Value"] for tag in tags if tag["Key"] == RETENTION_TAG), manifest.retention)

    def _tell(self, manifest: Manifest, verification: Verification) -> None:
        moment = self.clock()
        proven = verification.is_proof_at(moment)
        metrics: dict[Metric, float] = {Metric.VERIFICATION_FAILED: 0 if proven else 1}
        if proven and not verification.part:  # the time of a restore that broke off is no time of recovery
            metrics[Metric.RECOVERY_DURATION] = verification.seconds.total
        publish(metrics, environment=self.settings.environment, **{Dimension.DATABASE: manifest.database})
        tell = logger.info if proven else logger.error
        tell(
            f"the backup is {verification.text_at(moment)}",
            backup=manifest.backup,
            seconds=round(verification.seconds.total, 3),
            within_objective=verification.seconds.total <= verification.recovery_time_objective,
            findings=[f"{check.name}: {check.detail}" for check in verification.checks if check.result in UNPROVEN],
        )


def answer(found: Verification | TooLarge) -> dict[str, Any]:
    """What the function returns."""
    if isinstance(found, TooLarge):
        return found.answer()
    written: dict[str, Any] = encode(Answer.of(found))
    return written


def _correlation_id(request: Request, commit: Commit) -> str:
    return request.correlation_id or commit.manifest.correlation_id


@contextmanager
def _log_and_wrap_errors(request: Request) -> Iterator[None]:
    try:
        try:
            yield
        except CouldNotVerifyError as error:
            raise type(error)(f"{request.backup} was not verified: {error}") from error
    except Exception as error:
        expected = isinstance(error, CouldNotVerifyError | NotABackupError)
        logger.error(str(error), error=type(error).__name__, exc_info=not expected)
        raise
