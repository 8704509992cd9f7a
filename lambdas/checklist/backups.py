"""The backups in their bucket and what restores of them showed: read once for all checks."""

from datetime import datetime, timedelta
from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.check import Outcome, Reads, Situation, failed, passed
from lambdas.shared import drills
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.quantities import duration, duration_of_seconds, seconds_taken
from lambdas.shared.recovery_points import RecoveryPoints, recovery_points
from lambdas.vocabulary.backups import MANIFEST, VERIFICATION
from lambdas.vocabulary.checklist import Seen
from lambdas.vocabulary.drills import DRILLS, Drill, Kind

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


def newest_drill(situation: Situation, kind: Kind = Kind.BACKUP) -> Drill | None:
    """Of the last `DRILL_AGE`."""
    settings, since = situation.settings, situation.at - DRILL_AGE
    found: Drill | None = situation.account.read(
        "s3",
        f"the last {kind} drill",
        lambda s3: drills.newest_drill(s3, settings.backups, settings.database, since=since, kind=kind),
    )
    return found


def age(situation: Situation, moment: datetime) -> timedelta:
    return situation.at - moment


def drilled(situation: Situation, kind: Kind = Kind.BACKUP) -> Outcome:
    """Whether the last drill of a kind proved its backup in time."""
    drill = newest_drill(situation, kind)
    if drill is None:
        named = "drill" if kind is Kind.BACKUP else f"{kind} drill"
        return failed(f"no {named} of {situation.settings.database} in the last {duration(DRILL_AGE)}")
    return outcome_of_drill(situation, drill)


def outcome_of_drill(situation: Situation, drill: Drill) -> Outcome:
    text = f"the drill of {drill.database} {duration(situation.at - drill.at)} ago"
    took = seconds_taken(drill.seconds.total)
    seen = Seen(drill.key, f"{drill.verdict}, in {took}")
    if not drill.proven:
        return failed(f"{text} says {drill.verdict}: {'; '.join(drill.findings[:2])}", seen)
    if not drill.is_within_objective:
        return failed(f"{text} took {took}, more than {duration_of_seconds(drill.recovery_time_objective)}", seen)
    return passed(f"{text} proved {drill.backup} in {took}", seen)
