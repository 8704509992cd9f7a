"""The backups in their bucket and what restores of them showed: read once for all checks."""

from datetime import datetime, timedelta
from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.check import Reads, Situation
from lambdas.shared import drills
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.recovery_points import RecoveryPoints, recovery_points
from lambdas.vocabulary.backups import MANIFEST, VERIFICATION
from lambdas.vocabulary.drills import DRILLS, Drill

DRILL_AGE: Final = timedelta(days=35)
"""Drills are monthly; a few days are left for one to be made again."""

_KEY: Final = Reads(("kms:Decrypt",), "{backups_key}", because="What lies in the bucket is encrypted with its key.")
READS: Final = (
    Reads(("s3:ListBucket",), arns.BACKUPS),
    Reads(("s3:GetObject",), f"{arns.BACKUPS}/*/{MANIFEST}", because="Which backups there are is found in the bucket."),
    Reads(
        ("s3:GetObject",),
        f"{arns.BACKUPS}/*/{VERIFICATION}",
        because="Which restores there were is found in the bucket.",
    ),
    _KEY,
)
READS_DRILLS: Final = (
    Reads(("s3:ListBucket",), arns.BACKUPS),
    Reads(("s3:GetObject",), f"{arns.BACKUPS}/{DRILLS}/*", because="Which drills there were is found in the bucket."),
    _KEY,
)


def points_of(situation: Situation) -> RecoveryPoints:
    """Raises UnreadableError, as `newest_drill` does."""
    settings = situation.settings
    found: RecoveryPoints = situation.account.read(
        "s3",
        "recovery points",
        lambda s3: recovery_points(Catalogue(s3, settings.backups), settings.database, situation.at),
    )
    return found


def newest_drill(situation: Situation) -> Drill | None:
    """Of the last `DRILL_AGE`."""
    settings = situation.settings
    found: Drill | None = situation.account.read(
        "s3",
        "the last drill",
        lambda s3: drills.newest_drill(s3, settings.backups, settings.database, since=situation.at - DRILL_AGE),
    )
    return found


def age(situation: Situation, moment: datetime) -> timedelta:
    return situation.at - moment
