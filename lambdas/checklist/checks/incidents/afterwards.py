"""What helps during an incident, and what is learned from it: runbooks, reviews, actions."""

from datetime import UTC, timedelta
from typing import Final

from lambdas.checklist.alarms import READS as READS_ALARMS
from lambdas.checklist.alarms import Alarm, alarms_of
from lambdas.checklist.check import ATTESTED, Check, Outcome, Reads, Situation, failed, not_applicable, passed
from lambdas.checklist.on_call import READS_TABLE, newest_incidents, nobody, read_table
from lambdas.checklist.phrases import listed
from lambdas.shared.incidents.actions import overdue
from lambdas.shared.incidents.review.write import key_of
from lambdas.shared.quantities import counted
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.incidents import ACTIONS, REVIEWS, Action, Incident, bucket_of_reviews
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook

NEEDED: Final = (Runbook.SERVICE_DOWN, Runbook.HIGH_ERROR_RATE, Runbook.DATABASE_TROUBLE)
REVIEWED: Final = (Level.CRITICAL, Level.HIGH)
LOOKED_BACK: Final = timedelta(days=90)


def _runbooks(situation: Situation) -> Outcome:
    alarms = [alarm for alarm in alarms_of(situation).values() if alarm.described.level]
    if not alarms:
        return failed("the environment has no alarm, so none names a runbook")
    pages = set(Runbook)
    if without := [alarm.name for alarm in alarms if _page(alarm) not in pages]:
        return failed(f"without a page of docs/runbooks: {listed(without)}")
    named = {_page(alarm) for alarm in alarms}
    if missing := [page for page in NEEDED if page not in named]:
        return failed(f"no alarm names the runbook {listed(missing)}")
    return passed(
        f"each of {counted(len(alarms), 'alarm')} names one of {len(named)} runbooks, {listed(NEEDED)} among them"
    )


def _page(alarm: Alarm) -> str:
    return alarm.described.page


def _drafts(situation: Situation) -> Outcome:
    if not situation.settings.on_call:
        return nobody()
    closed = [each for each in newest_incidents(situation) if _needs_review(each, situation)]
    if not closed:
        return not_applicable(f"no incident of level critical or high was closed in the last {LOOKED_BACK.days} days")
    there = _keys(situation)
    if missing := [f"incident {each.number}" for each in closed if key_of(each.number) not in there]:
        return failed(f"no draft of a review: {listed(missing)}")
    return passed(f"each of {counted(len(closed), 'incident')} of {LOOKED_BACK.days} days has a draft of its review")


def _needs_review(incident: Incident, situation: Situation) -> bool:
    if incident.is_test or incident.level not in REVIEWED or incident.closed_at is None:
        return False
    return situation.at - LOOKED_BACK <= incident.closed_at <= situation.at - timedelta(hours=1)


def _keys(situation: Situation) -> set[str]:
    bucket = bucket_of_reviews(situation.here, situation.account_number, situation.region)
    found = situation.account.pages("s3", "list_objects_v2", "Contents", Bucket=bucket, Prefix=REVIEWS)
    return {each["Key"] for each in found}


def _actions(situation: Situation) -> Outcome:
    if not situation.settings.on_call:
        return nobody()
    written = read_table(situation, "actions of reviews", lambda table: tuple(table.documents(ACTIONS)))
    actions = [Action.from_json(each) for each in written]
    still_open = [each for each in actions if each.done_at is None]
    late = overdue(actions, situation.at.astimezone(UTC).date())
    seen = tuple(Seen(f"action of incident {each.incident}", f"due {each.due}, {each.owner}") for each in late)
    if late:
        words = listed(f"“{each.text}” ({each.owner}, due {each.due})" for each in late)
        return failed(f"{counted(len(late), 'action')} overdue: {words}", *seen)
    if not actions:
        return not_applicable("no review has decided to do anything yet")
    return passed(f"{counted(len(still_open), 'action')} open, none overdue, {len(actions) - len(still_open)} done")


CHECKS: Final = (
    Check(
        name="runbooks",
        line=Line.RUNBOOKS,
        question="Does each alarm name a runbook, those of an outage, of errors and of the database among them?",
        why="Who is woken does not remember what to do first.",
        passes=f"Each alarm names a page of docs/runbooks, and {', '.join(NEEDED)} are named.",
        remedy="Deploy again; an alarm that was made by hand gets its runbook in its description.",
        importance=Importance.BLOCKER,
        reads=READS_ALARMS,
        look=_runbooks,
    ),
    Check(
        name="post-mortem-drafts",
        line=Line.POST_MORTEMS,
        question="Is there a draft of a review of each grave incident?",
        why="What nobody writes down happens again.",
        passes=f"Each incident of level critical or high that was closed in the last {LOOKED_BACK.days} days has one.",
        remedy="See the lines 'not done' in the log of the function incident: what it could not write, and why.",
        runbook=Runbook.INCIDENTS,
        reads=(
            READS_TABLE,
            Reads(
                ("s3:ListBucket",),
                "arn:{partition}:s3:::{prefix}reviews-{account}-{region}",
            ),
        ),
        look=_drafts,
    ),
    Check(
        name="post-mortem-actions",
        line=Line.POST_MORTEMS,
        question="Is what reviews decided done by its date?",
        why="An action that is never done is an incident that was announced.",
        passes="No action is overdue.",
        remedy="Do it, or give it another date: `ops <environment> incidents actions --overdue` lists them.",
        runbook=Runbook.INCIDENTS,
        reads=(READS_TABLE,),
        look=_actions,
    ),
    Check(
        name="post-mortems-held",
        line=Line.POST_MORTEMS,
        question="Does the team meet about each grave incident, without blame?",
        why="A draft that nobody reads teaches nobody.",
        passes=ATTESTED,
        remedy="Hold one, then add an attestation to the environment's file (docs/checklist.md).",
        runbook=Runbook.INCIDENTS,
    ),
)
