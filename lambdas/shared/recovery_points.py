"""The backups to which a database could be brought back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lambdas.shared.catalogue import Catalogue, Commit, NotABackupError
from lambdas.shared.clock import CLOCK_TOLERANCE
from lambdas.shared.observability import logger
from lambdas.vocabulary.backups import Verification


@dataclass(frozen=True)
class RecoveryPoints:
    newest: Commit | None = None
    """The newest committed backup."""
    proven: Commit | None = None
    """The newest one that a restore proved."""
    proof: Verification | None = None
    """Of `proven`."""
    last: Verification | None = None
    """What the last backup that was restored showed, proof or not."""


def recovery_points(catalogue: Catalogue, database: str, moment: datetime) -> RecoveryPoints:
    """What counts at `moment`; raises what the client of S3 raises."""
    newest = last = None
    for commit in _commits(catalogue, database, moment):
        newest = newest or commit
        verification = catalogue.verification(commit.manifest.backup)
        last = last or verification
        if commit.is_proven_by(verification, moment):
            return RecoveryPoints(newest, commit, verification, last)
    return RecoveryPoints(newest, last=last)


def proven_backups(catalogue: Catalogue, database: str, moment: datetime) -> Iterator[Commit]:
    """Those that count as proven at `moment`, newest first; raises what the client of S3 raises."""
    for commit in _commits(catalogue, database, moment):
        if commit.is_proven_by(catalogue.verification(commit.manifest.backup), moment):
            yield commit


def _commits(catalogue: Catalogue, database: str, moment: datetime) -> Iterator[Commit]:
    for prefix in catalogue.prefixes(database):
        try:
            commit = catalogue.commit(prefix)
        except NotABackupError as error:
            logger.error("a folder was passed over", backup=prefix, reason=str(error))
            continue
        if commit.snapshot_at > moment + CLOCK_TOLERANCE:  # its negative age would silence the alarm
            logger.error("a backup was passed over", backup=prefix, reason="its snapshot lies in the future")
            continue
        yield commit
