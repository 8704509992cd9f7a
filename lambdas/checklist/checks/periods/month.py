"""What is asked of every month."""

from collections.abc import Callable
from typing import Final

from lambdas.checklist.backups import DRILL_AGE, READS_DRILLS, newest_drill
from lambdas.checklist.check import Check, Outcome, Situation, failed, passed
from lambdas.checklist.phrases import ago, listed
from lambdas.checklist.reports import reads_of
from lambdas.checklist.reviews import OLDEST, Part, outcome_of_part
from lambdas.shared.quantities import duration_of_seconds
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.drills import Drill
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.runbooks import Runbook

_MADE: Final = "Make one: ops <environment> review month."
_REVIEWED: Final = f"A monthly review of the last {OLDEST[Kind.MONTH].days} days has them."


def _drilled(situation: Situation) -> Outcome:
    drill = newest_drill(situation)
    return of_drill(drill, situation) if drill else failed(f"no drill was made in the last {DRILL_AGE.days} days")


def of_drill(drill: Drill, situation: Situation) -> Outcome:
    took = f"{duration_of_seconds(drill.seconds.total)} of {duration_of_seconds(drill.recovery_time_objective)}"
    text = f"the drill of {drill.at:%Y-%m-%d} ({ago(drill.at, situation.at)}) took {took}"
    seen = Seen(drill.key, f"{drill.verdict}, {drill.seconds.total:.0f} s")
    if not drill.proven:
        return failed(f"{text} and did not prove {drill.backup}: {listed(drill.findings) or drill.verdict}", seen)
    if not drill.is_within_objective:
        return failed(f"{text}: it proved its backup, too late", seen)
    return passed(f"{text}, and proved its backup", seen)


def _part(part: Part, *, must_be_good: bool = False) -> Callable[[Situation], Outcome]:
    return lambda situation: outcome_of_part(situation, Kind.MONTH, part, must_be_good=must_be_good)


CHECKS: Final = (
    Check(
        name="month-restore-drill",
        line=Line.MONTH_DRILL,
        question="Was a restore drilled this month, and in time?",
        why="Data grows, and a restore that took an hour in spring takes three in autumn.",
        passes=f"One of the last {DRILL_AGE.days} days proved its backup within the recovery time objective.",
        remedy="Make one: ops <environment> drill.",
        importance=Importance.BLOCKER,
        runbook=Runbook.RESTORE_FAILED,
        reads=READS_DRILLS,
        look=_drilled,
    ),
    Check(
        name="month-slow-statements",
        line=Line.MONTH_SLOW_QUERIES,
        question="Are slow statements held against those of the month before?",
        why="Only the comparison shows whether something was improved.",
        passes=_REVIEWED,
        remedy=_MADE,
        reads=reads_of(Kind.MONTH),
        look=_part(Part.SLOW_STATEMENTS),
    ),
    Check(
        name="month-slow-queries-improved",
        line=Line.MONTH_SLOW_QUERIES,
        question="Does somebody improve the slowest statements?",
        why="A faster server costs each month what an index costs once.",
        passes="Somebody answers for it in the environment's file, until a date.",
        remedy="Improve one, then add an attestation to the environment's file (docs/checklist.md).",
    ),
    Check(
        name="month-traffic",
        line=Line.MONTH_TRAFFIC,
        question="Are the month's peaks and busiest routes known?",
        why="Maintenance at the busiest hour is an outage that was planned.",
        passes=_REVIEWED,
        remedy=_MADE,
        reads=reads_of(Kind.MONTH),
        look=_part(Part.TRAFFIC),
    ),
    Check(
        name="month-utilisation",
        line=Line.MONTH_UTILISATION,
        question="Is it known whether the database is too small or too large?",
        why="Too small is found out at the next peak, too large in no bill at all.",
        passes=_REVIEWED,
        remedy=_MADE,
        runbook=Runbook.DATABASE_CAPACITY,
        reads=reads_of(Kind.MONTH),
        look=_part(Part.UTILISATION),
    ),
    Check(
        name="month-thresholds",
        line=Line.MONTH_THRESHOLDS,
        question="Are alarms neither too noisy nor deaf?",
        why="Who is woken for nothing stops getting up.",
        passes=f"A monthly review of the last {OLDEST[Kind.MONTH].days} days found no noisy alarm.",
        remedy="Set the thresholds that the review suggests; then make one again: ops <environment> review month.",
        reads=reads_of(Kind.MONTH),
        look=_part(Part.ALARMS, must_be_good=True),
    ),
    Check(
        name="month-runbooks",
        line=Line.MONTH_RUNBOOKS,
        question="Were runbooks updated after their alarms fired?",
        why="What was learned at night is forgotten by the next one.",
        passes=f"A monthly review of the last {OLDEST[Kind.MONTH].days} days found none that was left as it was.",
        remedy="Write down what helped, in docs/runbooks; then make a review again: ops <environment> review month.",
        runbook=Runbook.INCIDENTS,
        reads=reads_of(Kind.MONTH),
        look=_part(Part.RUNBOOKS, must_be_good=True),
    ),
)
