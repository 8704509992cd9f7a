"""Whether backups are made by themselves."""

from datetime import timedelta
from typing import Final

from lambdas.checklist.backups import READS, points_of
from lambdas.checklist.check import Check, Outcome, Situation, failed, passed
from lambdas.checklist.database import READS_INSTANCE, instance_of, on_rds
from lambdas.shared.quantities import counted, duration, size
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.runbooks import Runbook

DAILY: Final = timedelta(hours=26)
"""A day, and two hours to make the next one."""
RESTORABLE: Final = timedelta(minutes=30)
"""RDS ships its log every five minutes."""


def _made(situation: Situation) -> Outcome:
    newest = points_of(situation).newest
    database = situation.settings.database
    if newest is None:
        return failed(f"{situation.settings.backups} has no backup of {database}")
    ago = situation.at - newest.snapshot_at
    seen = Seen(newest.manifest.backup, f"{counted(newest.manifest.rows, 'row')}, {size(newest.manifest.stored_bytes)}")
    if ago > DAILY:
        return failed(f"the newest backup of {database} is {duration(ago)} old", seen)
    return passed(f"the newest backup of {database} is {duration(ago)} old", seen)


@on_rds
def _kept_by_rds(situation: Situation) -> Outcome:
    name, instance = situation.settings.instance, instance_of(situation)
    if instance is None:
        return failed(f"the instance {name} is not there")
    days, restorable = int(instance.get("BackupRetentionPeriod", 0)), instance.get("LatestRestorableTime")
    seen = Seen(str(name), f"BackupRetentionPeriod = {days}, LatestRestorableTime = {restorable}")
    if not days:
        return failed(f"{name} keeps automatic backups 0 days", seen)
    if restorable is None:
        return failed(f"{name} cannot be restored to any moment yet", seen)
    if situation.at - restorable > RESTORABLE:
        return failed(f"{name} can be restored to {duration(situation.at - restorable)} ago at best", seen)
    return passed(f"{name} can be restored to {duration(situation.at - restorable)} ago", seen)


DAILY_BACKUPS: Final = Check(
    name="backups-daily",
    line=Line.AUTOMATIC_BACKUPS,
    question="Is there a backup of today?",
    why="A backup that somebody has to think of is the one that is missing.",
    passes=f"The newest committed backup's snapshot is at most {duration(DAILY)} old.",
    remedy="Read the log of database_backup, and make one: `ops <environment> backup now`.",
    importance=Importance.BLOCKER,
    runbook=Runbook.BACKUP_FAILED,
    reads=READS,
    look=_made,
)
RDS_BACKUPS: Final = Check(
    name="rds-backups",
    line=Line.AUTOMATIC_BACKUPS,
    question="Does RDS keep backups of its own?",
    why="They bring back any second of the last days; a dump brings back last night.",
    passes=f"BackupRetentionPeriod is not 0, and LatestRestorableTime is at most {duration(RESTORABLE)} ago.",
    remedy="Set database.backup_retention_days and deploy, or modify the instance.",
    importance=Importance.BLOCKER,
    runbook=Runbook.RECOVERY_POINT_TOO_OLD,
    reads=READS_INSTANCE,
    look=_kept_by_rds,
)
