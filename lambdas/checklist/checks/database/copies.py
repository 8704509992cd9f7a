"""Whether backups outlive their region."""

from typing import Final

from lambdas.checklist.alarm_names import AlarmName
from lambdas.checklist.alarms import READS, alarms_of, outcome_of
from lambdas.checklist.check import Check, Outcome, Situation, failed, only_where
from lambdas.vocabulary.checklist import Line
from lambdas.vocabulary.runbooks import Runbook

_ALARMS: Final = (AlarmName.COPIED_BACKUP_AGE, AlarmName.COPY_FAULTS)
_FIRING: Final = "ALARM"


@only_where(lambda situation: situation.settings.copy_region is not None, "backups.copy_region names no second region")
def _copied(situation: Situation) -> Outcome:
    """By the alarms of the hourly check, which looks at the copies themselves."""
    outcome, alarms = outcome_of(situation, _ALARMS), alarms_of(situation)
    names = [situation.name(name) for name in _ALARMS]
    firing = [name for name in names if name in alarms and alarms[name].state == _FIRING]
    if firing:
        return failed(f"{firing[0]} is in alarm: see the faults in {situation.log_of('copy_check')}", *outcome.seen)
    return outcome


COPIED: Final = Check(
    name="backup-copied",
    line=Line.AUTOMATIC_BACKUPS,
    question="Does the newest proven backup lie whole in a second region?",
    why="A region, a bucket or a key that is lost takes all that lies there.",
    passes="The alarms on the age of the newest whole copy and on faults of copies are fine and notify somebody; not"
    " applicable without backups.copy_region.",
    remedy="Read the newest faults in the log of copy_check, and do what the runbook says of each.",
    runbook=Runbook.BACKUP_COPY,
    reads=READS,
    look=_copied,
)
