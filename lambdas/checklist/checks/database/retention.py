"""How long backups are kept."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lambdas.checklist import arns
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed
from lambdas.checklist.database import READS_INSTANCE, instance_of, on_rds
from lambdas.vocabulary.backups import RETENTION_TAG, Retention
from lambdas.vocabulary.checklist import Line, Seen
from lambdas.vocabulary.runbooks import Runbook

LEAST: Final = 7
MOST: Final = 30
MOST_OF_RDS: Final = 35
"""RDS keeps none for longer."""
EXPIRING: Final = (Retention.UNCOMMITTED, Retention.DAILY, Retention.WEEKLY, Retention.MONTHLY)
_NO_RULES: Final = ("NoSuchLifecycleConfiguration",)


def _of_dumps(situation: Situation) -> Outcome:
    bucket = situation.settings.backups
    found = situation.account.get("s3", "get_bucket_lifecycle_configuration", absent=_NO_RULES, Bucket=bucket)
    days = dict(_days(found or {}))
    seen = [Seen(f"{bucket}, {retention}", f"{days[retention]} days") for retention in EXPIRING if retention in days]
    if missing := [retention for retention in EXPIRING if retention not in days]:
        return failed(f"{bucket} has no lifecycle rule for what is tagged {RETENTION_TAG}={missing[0]}", *seen)
    if kept := days.get(Retention.LATEST_PROVEN):
        return failed(f"{bucket} expires its newest proven backup after {kept} days", *seen)
    if not LEAST <= days[Retention.DAILY] <= MOST:
        return failed(f"{bucket} keeps daily backups {days[Retention.DAILY]} days", *seen)
    return passed(f"{bucket} keeps daily backups {days[Retention.DAILY]} days", *seen)


def _days(configuration: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Of the rules in force, by the tag that they are for; a rule for everything holds for each."""
    for rule in configuration.get("Rules", ()):
        days = rule.get("Expiration", {}).get("Days")
        if rule.get("Status") != "Enabled" or not days:
            continue
        tag = rule.get("Filter", {}).get("Tag")
        if tag is None:
            yield from ((retention, days) for retention in Retention)
        elif tag.get("Key") == RETENTION_TAG:
            yield tag.get("Value"), days


@on_rds
def _of_rds(situation: Situation) -> Outcome:
    name, instance = situation.settings.instance, instance_of(situation)
    if instance is None:
        return failed(f"the instance {name} is not there")
    days = int(instance.get("BackupRetentionPeriod", 0))
    seen = Seen(str(name), f"BackupRetentionPeriod = {days}")
    if not LEAST <= days <= MOST_OF_RDS:
        return failed(f"{name} keeps automatic backups {days} days", seen)
    return passed(f"{name} keeps automatic backups {days} days", seen)


BACKUP_RETENTION: Final = Check(
    name="backup-retention",
    line=Line.RETENTION,
    question="Are daily backups kept for 7 to 30 days?",
    why="A fault that is found after a week needs a backup from before it; one that is kept for ever is a leak that"
    " waits.",
    passes=f"The bucket's lifecycle expires each class by its tag, daily backups after {LEAST} to {MOST} days, and"
    " never the newest proven one.",
    remedy=f"Set backups.daily_days to {LEAST} to {MOST} and deploy the stack backups.",
    runbook=Runbook.RECOVERY_POINT_TOO_OLD,
    reads=(Reads(("s3:GetLifecycleConfiguration",), arns.BACKUPS),),
    look=_of_dumps,
)
RDS_RETENTION: Final = Check(
    name="rds-retention",
    line=Line.RETENTION,
    question="Does RDS keep its backups for at least a week?",
    why="What was deleted on Friday is often missed on Monday.",
    passes=f"BackupRetentionPeriod is {LEAST} to {MOST_OF_RDS} days, which is the most that RDS has.",
    remedy=f"Set database.backup_retention_days to {LEAST} or more and deploy.",
    runbook=Runbook.RECOVERY_POINT_TOO_OLD,
    reads=READS_INSTANCE,
    look=_of_rds,
)
