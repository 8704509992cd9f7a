"""What is asked of every quarter."""

from datetime import timedelta
from typing import Final

from lambdas.checklist.backups import READS_DRILLS, outcome_of_drill
from lambdas.checklist.check import ATTESTED, Check, Outcome, Situation, failed, passed, unknown
from lambdas.checklist.phrases import ago
from lambdas.checklist.reports import newest, read_as, reads_of
from lambdas.checklist.reviews import OLDEST, Part, missing, newest_review, part_of, sections_of
from lambdas.shared import drills
from lambdas.shared.quantities import number, rounded
from lambdas.vocabulary.checklist import Line, Seen
from lambdas.vocabulary.drills import Drill, Occasion
from lambdas.vocabulary.load_tests import LoadTestReport, Verdict
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.reviews import State
from lambdas.vocabulary.runbooks import Runbook

QUARTER: Final = timedelta(days=100)
TRAFFIC: Final = 2.0
"""Times the busiest minute."""
FULL: Final = (Occasion.QUARTER, Occasion.ON_DEMAND)
"""That of the month is the same restore, and everybody is used to it."""
_MADE: Final = "Make one: `ops <environment> review quarter`."


def _dependencies(situation: Situation) -> Outcome:
    audit = newest_review(situation, Kind.DEPENDENCIES)
    if audit is None:
        return missing(Kind.DEPENDENCIES)
    said = {name: each for name, each in sections_of(audit).items() if each.state is not State.NOT_IN_USE}
    seen = tuple(Seen(name, f"{each.state}: {each.summary}") for name, each in said.items())
    text = f"audit, {ago(audit.at, situation.at)}: " + "; ".join(each.summary for each in said.values())
    if any(each.state is State.ATTENTION for each in said.values()):
        return failed(text, *seen)
    is_known = said and all(each.state is not State.UNKNOWN for each in said.values())
    return passed(text, *seen) if is_known else unknown(text, *seen)


def _load(situation: Situation) -> Outcome:
    stored = newest(situation, Kind.LOAD_TEST, QUARTER)
    if stored is None:
        return failed(f"no load test was made in the last {QUARTER.days} days")
    report = read_as(stored, LoadTestReport.from_json)
    passed_at = report.highest_passed
    reached = f"{number(passed_at.multiple)}×" if passed_at else "nothing"  # noqa: RUF001  (a multiple)
    text = f"load test, {ago(stored.at, situation.at)}: {report.verdict} at {reached} of the busiest minute"
    seen = Seen(f"{stored.folder}report.json", f"{report.verdict}, {rounded(report.busiest_per_minute)} a minute is 1")
    if report.verdict is Verdict.PASSED and passed_at and passed_at.multiple >= TRAFFIC:
        return passed(text, seen)
    return failed(f"{text}{f': {report.reason}' if report.reason else ''}", seen)


def _drilled(situation: Situation) -> Outcome:
    settings = situation.settings
    found: list[Drill] = situation.account.read(
        "s3",
        "the drills of a quarter",
        lambda s3: drills.drills(s3, settings.backups, settings.database, since=situation.at - QUARTER),
    )
    full = [drill for drill in found if drill.occasion in FULL]
    if not full:
        return failed(f"no quarterly drill was made in the last {QUARTER.days} days, nor one on demand")
    return outcome_of_drill(situation, full[0])


CHECKS: Final = (
    Check(
        name="quarter-dependencies",
        line=Line.QUARTER_DEPENDENCIES,
        question="Are the packages free of known faults?",
        why="A fault that is published is tried on everybody within days.",
        passes=f"An audit of the last {OLDEST[Kind.DEPENDENCIES].days} days found none.",
        remedy="Update what it names; then audit again: `ops <environment> review dependencies`.",
        reads=reads_of(Kind.DEPENDENCIES),
        look=_dependencies,
    ),
    Check(
        name="quarter-cost",
        line=Line.QUARTER_COST,
        question="Was the cost looked at against the quarter before?",
        why="A bill grows by what nobody switched off.",
        passes=f"A quarterly review of the last {OLDEST[Kind.QUARTER].days} days has it.",
        remedy=_MADE,
        reads=reads_of(Kind.QUARTER),
        look=part_of(Kind.QUARTER, Part.COST),
    ),
    Check(
        name="quarter-load-test",
        line=Line.QUARTER_LOAD_TEST,
        question="Does the API bear twice its busiest minute?",
        why="The day on which it is needed is the day on which it must not fail.",
        passes=f"A load test of the last {QUARTER.days} days passed at {TRAFFIC:g} times the busiest minute.",
        remedy="Set load_test in the environment's file, then start one: `ops <environment> load-test start`.",
        runbook=Runbook.DATABASE_CAPACITY,
        reads=reads_of(Kind.LOAD_TEST),
        look=_load,
    ),
    Check(
        name="quarter-drill",
        line=Line.QUARTER_DRILL,
        question="Was a whole disaster drilled, and in time?",
        why="A recovery is more than a restore: people, names, permissions, commands.",
        passes=f"The last one of a quarter or on demand, of {QUARTER.days} days, proved its backup in time.",
        remedy="Make one: `ops <environment> backup drill`.",
        runbook=Runbook.RESTORE_FAILED,
        reads=READS_DRILLS,
        look=_drilled,
    ),
    Check(
        name="quarter-checklist",
        line=Line.QUARTER_STRATEGY,
        question="Did a quarterly review look at the checklist as a whole?",
        why="What was accepted in spring is forgotten by autumn.",
        passes=f"A quarterly review of the last {OLDEST[Kind.QUARTER].days} days has it.",
        remedy=_MADE,
        reads=reads_of(Kind.QUARTER),
        look=part_of(Kind.QUARTER, Part.CHECKLIST),
    ),
    Check(
        name="quarter-strategy-reviewed",
        line=Line.QUARTER_STRATEGY,
        question="Did the team ask whether it watches the right things?",
        why="A product changes, and its alarms watch what it was.",
        passes=ATTESTED,
        remedy="Talk about it, then add an attestation to the environment's file (docs/checklist.md).",
    ),
)
