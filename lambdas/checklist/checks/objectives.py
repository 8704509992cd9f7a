"""Objectives: what a recovery would take and lose, by what was measured; and whether the cost is known."""

from datetime import timedelta
from typing import Final

from lambdas.checklist.alarm_names import AlarmName
from lambdas.checklist.alarms import READS as READS_ALARMS
from lambdas.checklist.alarms import trouble_of
from lambdas.checklist.backups import READS, READS_DRILLS, newest_drill, points_of
from lambdas.checklist.check import Check, Outcome, Situation, failed, passed, unknown
from lambdas.checklist.reports import reads_of
from lambdas.checklist.reviews import OLDEST, Part, newest_review, sections_of
from lambdas.shared.quantities import duration, seconds_taken
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.reviews import State
from lambdas.vocabulary.runbooks import Runbook

COST_AGE: Final = OLDEST[Kind.MONTH]


def _in_time(situation: Situation) -> Outcome:
    objective = timedelta(minutes=situation.settings.recovery_time_objective_minutes)
    proof, drill = points_of(situation).proof, newest_drill(situation)
    if proof is None:
        return failed(f"no backup of {situation.settings.database} is proven, so nobody knows how long it would take")
    took = {f"restore of {proof.backup}": proof.seconds.total}
    took |= {f"drill {drill.key}": drill.seconds.total} if drill else {}
    seen = [Seen(what, seconds_taken(seconds)) for what, seconds in took.items()]
    slow = [what for what, seconds in took.items() if seconds > objective.total_seconds()]
    if slow:
        return failed(f"the {slow[0]} took {seconds_taken(took[slow[0]])}, more than {duration(objective)}", *seen)
    if trouble := trouble_of(situation, situation.name(AlarmName.RECOVERY_DURATION)):
        return failed(trouble, *seen)
    return passed(f"the last restore took {seconds_taken(proof.seconds.total)} of {duration(objective)}", *seen)


def _recent(situation: Situation) -> Outcome:
    settings = situation.settings
    most = timedelta(hours=settings.recovery_point_objective_hours + settings.grace_hours)
    proven = points_of(situation).proven
    if proven is None:
        return failed(f"no backup of {settings.database} is proven, so all data may be lost")
    age = situation.at - proven.snapshot_at
    seen = Seen(proven.manifest.backup, f"snapshot {proven.manifest.snapshot_at}")
    if age > most:
        return failed(f"the newest proven backup of {settings.database} is {duration(age)} old", seen)
    for alarm in (AlarmName.BACKUP_AGE, AlarmName.VERIFIED_BACKUP_AGE):
        if trouble := trouble_of(situation, situation.name(alarm)):
            return failed(trouble, seen)
    return passed(f"the newest proven backup of {settings.database} is {duration(age)} old", seen)


def _cost_known(situation: Situation) -> Outcome:
    """By the newest monthly review: a request to Cost Explorer each day would cost more than all checks."""
    stored = newest_review(situation, Kind.MONTH)
    if stored is None:
        return failed(f"{situation.settings.reports} has no monthly review of the last {COST_AGE.days} days")
    said = sections_of(stored).get(Part.COST)
    state, summary = (said.state, said.summary) if said else (None, "the review has no section about cost")
    seen = Seen(stored.folder, f"{state}: {summary}")
    if state in (None, State.UNKNOWN):
        return unknown(f"the monthly review of {stored.at:%Y-%m-%d} does not know the cost: {summary}", seen)
    return passed(f"the monthly review of {stored.at:%Y-%m-%d} says: {summary}", seen)


RTO: Final = Check(
    name="recovery-time",
    line=Line.RTO,
    question="Does a recovery take no longer than the objective?",
    why="An objective that was never measured is a wish.",
    passes="The last restore that proved a backup, and the last drill, took no longer than"
    " backups.recovery_time_objective_minutes, and the alarm on it notifies somebody.",
    remedy="See which of fetch, restore and verify grew: `ops <environment> backup show`; give the restore verification"
    " more memory, or the objective more minutes.",
    importance=Importance.BLOCKER,
    runbook=Runbook.RESTORE_FAILED,
    reads=(*READS, *READS_DRILLS, *READS_ALARMS),
    look=_in_time,
)
RPO: Final = Check(
    name="recovery-point",
    line=Line.RPO,
    question="Is no more data at risk than the objective allows?",
    why="Only what was proven by a restore is sure to come back.",
    passes="The newest proven backup's snapshot is no older than backups.recovery_point_objective_hours with"
    " backups.grace_hours, and the alarms on both ages notify somebody.",
    remedy="Back up and verify now: `ops <environment> backup now`, then `ops <environment> backup verify`.",
    importance=Importance.BLOCKER,
    runbook=Runbook.RECOVERY_POINT_TOO_OLD,
    reads=(*READS, *READS_ALARMS),
    look=_recent,
)
COST_KNOWN: Final = Check(
    name="cost-known",
    line=Line.COST_KNOWN,
    question="Is it known what the stack costs?",
    why="What nobody adds up is found on the bill.",
    passes=f"The newest monthly review is at most {COST_AGE.days} days old, and has the cost.",
    remedy="Make one: `ops <environment> review month`; Cost Explorer must be on in the account. Before a deployment"
    " `ops <environment> cost` says what the templates would cost.",
    reads=reads_of(Kind.MONTH),
    look=_cost_known,
)
CHECKS: Final = (RTO, RPO, COST_KNOWN)
