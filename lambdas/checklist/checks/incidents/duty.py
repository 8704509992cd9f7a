"""Who is on call, whether they answer, and how a page that nobody answers goes on."""

from datetime import datetime, timedelta
from typing import Final

from lambdas.checklist.check import Check, Outcome, Situation, failed, not_applicable, passed
from lambdas.checklist.on_call import READS_SETTINGS, READS_TABLE, TABLE, newest_incidents, nobody, with_settings
from lambdas.checklist.phrases import ago, listed
from lambdas.incident.settings import Settings
from lambdas.shared.incidents.times import time_to_acknowledge
from lambdas.shared.on_call.overrides import Overrides, pass_over
from lambdas.shared.on_call.rotation import shifts
from lambdas.shared.quantities import counted, duration
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.incidents import Incident
from lambdas.vocabulary.on_call import Override, Person, Rota, Shift, Step, Who
from lambdas.vocabulary.runbooks import Runbook

AHEAD: Final = timedelta(weeks=4)
OLDEST_ANSWER: Final = timedelta(days=35)
ESCALATES: Final = timedelta(minutes=15)


def _rotation(situation: Situation, settings: Settings) -> Outcome:
    rota = Rota.from_json(settings.rota)
    until = situation.at + AHEAD
    found = list(shifts(rota, situation.at, until, _overrides(situation, settings)))
    seen = tuple(
        Seen(_times(shift), f"{shift.person or 'nobody'}, backup {shift.backup or 'nobody'}") for shift in found
    )
    if holes := [shift for shift in found if shift.is_hole]:
        return failed(f"two people are not on call: {listed(map(_hole, holes))}", *seen)
    people = listed(dict.fromkeys(shift.person or "" for shift in found))
    return passed(f"until {until:%Y-%m-%d} each of {counted(len(found), 'shift')} has two people: {people}", *seen)


def _overrides(situation: Situation, settings: Settings) -> tuple[Override, ...]:
    names = [Person.from_json(written).name for written in settings.people]
    found: tuple[Override, ...] = situation.account.read(
        "dynamodb",
        "overrides of the rota",
        lambda dynamodb: Overrides(dynamodb, situation.name(TABLE)).all(names, pass_over),
    )
    return found


def _hole(shift: Shift) -> str:
    there = shift.person or shift.backup
    return f"{_times(shift)} ({f'{there} alone' if there else 'nobody'})"


def _times(shift: Shift) -> str:
    return f"{_moment(shift.start)} to {_moment(shift.until)} UTC"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _escalation(situation: Situation, settings: Settings) -> Outcome:
    steps = [Step.from_json(written) for written in settings.steps]
    if not steps:
        return not_applicable("PagerDuty pages, and goes on by its own policy (on_call.escalation.by)")
    function = situation.name("incident")
    seen = tuple(
        Seen(f"step {number}", f"{listed(step.who)}, {step.minutes} min") for number, step in enumerate(steps, 1)
    )
    first, later = steps[0], {word for step in steps[1:] for word in step.who}
    if Who.PRIMARY not in first.who:
        return failed(f"{function} pages {listed(first.who)} first, and not the primary", *seen)
    if not later & {Who.BACKUP, Who.EVERYBODY}:
        return failed(f"{function} never pages the backup", *seen)
    text = f"{function} pages the next one after {first.minutes} min"
    return passed(text, *seen) if timedelta(minutes=first.minutes) <= ESCALATES else failed(text, *seen)


def _answered(situation: Situation) -> Outcome:
    if not situation.settings.on_call:
        return nobody()
    taken = [each for each in newest_incidents(situation) if each.first_taken_at]
    last: Incident | None = max(taken, key=lambda each: each.first_taken_at or each.opened_at, default=None)
    if last is None or last.first_taken_at is None:
        return failed("no page was ever answered, of an incident or of a test")
    kind = "test page" if last.is_test else f"page of incident {last.number}"
    took = time_to_acknowledge(last)
    after = f" after {duration(took)}" if took is not None else ""
    who = f"{last.taken_by} answered" if last.taken_by else "it was answered"
    text = f"the last {kind}: {who}{after}, {ago(last.first_taken_at, situation.at)}"
    seen = Seen(f"incident {last.number}", f"taken at {_moment(last.first_taken_at)} UTC")
    return passed(text, seen) if situation.at - last.first_taken_at <= OLDEST_ANSWER else failed(text, seen)


CHECKS: Final = (
    Check(
        name="page-answered",
        line=Line.ROTATION,
        question="Did somebody answer the last page?",
        why="A telephone that is silenced at night is found out by a page, and by nothing else.",
        passes=f"A page, of an incident or of a test, was answered in the last {OLDEST_ANSWER.days} days.",
        remedy="Send one: make test-alert ENV=<environment> LEVEL=critical; whoever is on call follows its link.",
        importance=Importance.BLOCKER,
        runbook=Runbook.INCIDENTS,
        reads=(READS_TABLE,),
        look=_answered,
    ),
    Check(
        name="rotation-without-holes",
        line=Line.ROTATION,
        question="Are a primary and a backup on call at every moment of the next four weeks?",
        why="The night that nobody has is the one in which it breaks.",
        passes=f"In the next {AHEAD.days} days two different people are on call at every moment, overrides included.",
        remedy="Make an override: ops <environment> on-call override; or add people to on_call.people and deploy.",
        importance=Importance.BLOCKER,
        runbook=Runbook.INCIDENTS,
        reads=(READS_SETTINGS, READS_TABLE),
        look=with_settings(_rotation),
    ),
    Check(
        name="escalation",
        line=Line.ROTATION,
        question="Does a page that nobody answers go on to the backup in time?",
        why="Who sleeps through a page sleeps through the next one, too.",
        passes=f"The primary is paged first, the next one at most {ESCALATES // timedelta(minutes=1)} minutes later.",
        remedy="Take on_call.step out of the environment's file, whose default does so, and deploy.",
        importance=Importance.BLOCKER,
        runbook=Runbook.INCIDENTS,
        reads=(READS_SETTINGS,),
        look=with_settings(_escalation),
    ),
)
