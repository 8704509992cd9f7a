"""Whether backups were restored, and what of them need not be proven."""

from datetime import datetime, timedelta
from typing import Final

from lambdas.checklist.backups import DRILL_AGE, READS, READS_DRILLS, drilled, points_of
from lambdas.checklist.check import Check, Outcome, Situation, failed, only_where, passed
from lambdas.shared.quantities import duration, seconds_taken
from lambdas.vocabulary.backups import UNPROVEN, Verification
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.drills import Kind
from lambdas.vocabulary.runbooks import Runbook

PROVEN_WITHIN: Final = timedelta(days=2)
"""Backups are daily, and each is restored: one may fail and be looked at."""


def _restored(situation: Situation) -> Outcome:
    points, database = points_of(situation), situation.settings.database
    if points.proof is None:
        return failed(_unproven(database, points.last, situation.at), *_seen(points.last, situation.at))
    ago = situation.at - datetime.fromisoformat(points.proof.finished_at)
    seen = _seen(points.proof, situation.at)
    if ago > PROVEN_WITHIN:
        why = _unproven(database, points.last, situation.at) if points.last != points.proof else ""
        return failed(
            f"the last restore that proved a backup of {database} is {duration(ago)} ago. {why}".strip(". "), *seen
        )
    accepted = "; ".join(map(str, points.proof.accepted))
    but_for = f", proven but for {accepted}" if accepted else ""
    return passed(f"a restore proved a backup of {database} {duration(ago)} ago{but_for}", *seen)


@only_where(lambda situation: situation.settings.point_in_time_drills, "backups.point_in_time_drill is not set")
def _drilled_to_a_point_in_time(situation: Situation) -> Outcome:
    return drilled(situation, Kind.POINT_IN_TIME)


def _unproven(database: str, last: Verification | None, at: datetime) -> str:
    """Which exceptions are over is named: by them alone a backup may count no more."""
    if last is None:
        return f"no backup of {database} was ever restored"
    over = [accepted for accepted in last.accepted if not accepted.holds_at(at)]
    if over:
        return (
            f"the exception for {over[0].what} ended on {over[0].until}, and no backup of {database} is proven without"
        )
    faults = [f"{check.name}: {check.detail}" for check in last.checks if check.result in UNPROVEN]
    because = f" ({faults[0]})" if faults else ""
    return f"the last restore of {database} says {last.verdict}{because}"


def _seen(verification: Verification | None, at: datetime) -> tuple[Seen, ...]:
    if verification is None:
        return ()
    took = seconds_taken(verification.seconds.total)
    return (Seen(verification.backup, f"{verification.text_at(at)}, in {took}, at {verification.finished_at}"),)


RESTORED: Final = Check(
    name="restore-proven",
    line=Line.RESTORE_TESTED,
    question="Was a backup restored, and found whole?",
    why="A backup that was never restored is a hope.",
    passes=f"A restore of the last {duration(PROVEN_WITHIN)} proved a backup; exceptions by backups.accepted hold.",
    remedy="Read the failed checks: `ops <environment> backup show`; restore one: `ops <environment> backup verify`."
    " For an exception that ended, mend it or set a new date in backups.accepted.",
    importance=Importance.BLOCKER,
    runbook=Runbook.RESTORE_FAILED,
    reads=READS,
    look=_restored,
)
DRILLED: Final = Check(
    name="restore-drilled",
    line=Line.RESTORE_TESTED,
    question="Was a full drill made, and in time?",
    why="The people and the commands are a part of a recovery, too.",
    passes=f"The last drill is at most {duration(DRILL_AGE)} ago, proved its backup, and took no longer than the"
    " recovery time objective.",
    remedy="Make one: `ops <environment> backup drill`.",
    runbook=Runbook.RESTORE_FAILED,
    reads=READS_DRILLS,
    look=drilled,
)
DRILLED_TO_A_POINT_IN_TIME: Final = Check(
    name="point-in-time-drilled",
    line=Line.RESTORE_TESTED,
    question="Were RDS's own backups restored to a moment, and in time?",
    why="A drill that never ran raises no alarm.",
    passes=f"The last point-in-time drill is at most {duration(DRILL_AGE)} ago, came through its checks, and took no"
    " longer than the recovery time objective; not applicable without backups.point_in_time_drill.",
    remedy="Hold one: `ops <environment> backup drill --point-in-time`; read the findings of the last:"
    " `ops <environment> backup drills`.",
    runbook=Runbook.POINT_IN_TIME_DRILL,
    reads=READS_DRILLS,
    look=_drilled_to_a_point_in_time,
)
