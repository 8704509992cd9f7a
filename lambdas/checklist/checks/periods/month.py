"""What is asked of every month."""

from typing import Final

from lambdas.checklist.backups import DRILL_AGE, READS_DRILLS, drilled
from lambdas.checklist.check import ATTESTED, Check
from lambdas.checklist.reports import reads_of
from lambdas.checklist.reviews import OLDEST, Part, part_of
from lambdas.vocabulary.checklist import Importance, Line
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.runbooks import Runbook

_MADE: Final = "Make one: `ops <environment> review month`."
_REVIEWED: Final = f"A monthly review of the last {OLDEST[Kind.MONTH].days} days has them."


CHECKS: Final = (
    Check(
        name="month-restore-drill",
        line=Line.MONTH_DRILL,
        question="Was a restore drilled this month, and in time?",
        why="Data grows, and a restore that took an hour in spring takes three in autumn.",
        passes=f"One of the last {DRILL_AGE.days} days proved its backup within the recovery time objective.",
        remedy="Make one: `ops <environment> backup drill`.",
        importance=Importance.BLOCKER,
        runbook=Runbook.RESTORE_FAILED,
        reads=READS_DRILLS,
        look=drilled,
    ),
    Check(
        name="month-slow-statements",
        line=Line.MONTH_SLOW_QUERIES,
        question="Are slow statements held against those of the month before?",
        why="Only the comparison shows whether something was improved.",
        passes=_REVIEWED,
        remedy=_MADE,
        reads=reads_of(Kind.MONTH),
        look=part_of(Kind.MONTH, Part.SLOW_STATEMENTS),
    ),
    Check(
        name="month-slow-queries-improved",
        line=Line.MONTH_SLOW_QUERIES,
        question="Does somebody improve the slowest statements?",
        why="A faster server costs each month what an index costs once.",
        passes=ATTESTED,
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
        look=part_of(Kind.MONTH, Part.TRAFFIC),
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
        look=part_of(Kind.MONTH, Part.UTILISATION),
    ),
    Check(
        name="month-thresholds",
        line=Line.MONTH_THRESHOLDS,
        question="Are alarms neither too noisy nor deaf?",
        why="Who is woken for nothing stops getting up.",
        passes=f"A monthly review of the last {OLDEST[Kind.MONTH].days} days found no noisy alarm.",
        remedy="Set the thresholds that the review suggests; then make one again: `ops <environment> review month`.",
        reads=reads_of(Kind.MONTH),
        look=part_of(Kind.MONTH, Part.ALARMS, must_be_good=True),
    ),
    Check(
        name="month-runbooks",
        line=Line.MONTH_RUNBOOKS,
        question="Were runbooks updated after their alarms fired?",
        why="What was learned at night is forgotten by the next one.",
        passes=f"A monthly review of the last {OLDEST[Kind.MONTH].days} days found none that was left as it was.",
        remedy="Write down what helped, in docs/runbooks; then make a review again: `ops <environment> review month`.",
        runbook=Runbook.INCIDENTS,
        reads=reads_of(Kind.MONTH),
        look=part_of(Kind.MONTH, Part.RUNBOOKS, must_be_good=True),
    ),
)
