"""What becomes of an incident, rule by rule; and what other systems got wrong."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lambdas.incident.events import Kind
from lambdas.incident.step import opened
from lambdas.vocabulary.incidents import Answer, State, Timer, Way
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.on_call import STEPS, Step
from tests.unit.lambdas.incident.samples import (
    MINUTE,
    START,
    Story,
    machine,
    new,
    raised,
    recovered,
    reply,
    subject,
)


def kinds(outcome) -> list[Kind]:
    return [work.kind for work in outcome.work]


def test_opening_pages_the_primary():
    outcome = new()
    assert outcome.incident.state is State.TRIGGERED
    assert [work.people for work in outcome.work if work.kind is Kind.PAGE] == [("ana",)]
    assert Kind.GATHER in kinds(outcome)


def test_critical_is_paged_again_then_escalated():
    """After five minutes the same person, after fifteen the backup, after thirty everybody."""
    story = Story()
    story.at(4)
    assert story.pages() == []
    story.at(5)
    assert story.pages() == [("ana",)]
    story.at(14)
    assert story.pages() == []
    story.at(15)
    assert story.pages() == [("ben",)]
    story.at(20)
    story.at(30)
    assert story.pages() == [("ana", "ben", "cem")]


def test_high_waits_its_response_time():
    story = Story(new(Level.HIGH))
    story.at(29)
    assert story.pages() == []
    story.at(30)
    assert story.pages() == [("ben",)]


def test_loops_then_everybody_hourly():
    story = Story()
    paged = [(minute, people) for minute in range(1, 400) for people in _paged_at(story, minute)]
    later = [(minute, people) for minute, people in paged if minute >= 135]
    assert later == [(minute, ("ana", "ben", "cem")) for minute in (135, 195, 255, 315, 375)]


def _paged_at(story: Story, minute: int) -> list[tuple[str, ...]]:
    story.at(minute)
    return story.pages()


def test_step_without_anybody_is_skipped():
    """goalert#4548: an empty step waited."""
    nobody = {"primary": (), "backup": ("ben",), "everybody": ("ben",)}

    def people(step: Step) -> tuple[str, ...]:
        return nobody[step.who[0]]

    outcome = replace(machine(), people=people).triggered(new().incident, "opened")
    assert [work.people for work in outcome.work] == [("ben",)]
    assert outcome.incident.step == 1


def test_nobody_is_paged_after_taking():
    """oncall#4654, #4760: pages after an acknowledgement."""
    story = Story()
    story.at(3, reply(Answer.TAKE, "ana", START + 3 * MINUTE))
    assert story.incident.taken_by == "ana"
    for minute in range(4, 33):
        story.at(minute)
        assert story.pages() == [], minute


def test_taking_what_is_resolved_changes_nothing():
    """oncall#3161: an acknowledgement while it resolved opened it again."""
    story = Story()
    story.at(3, recovered(at=START + 3 * MINUTE))
    before = story.incident
    outcome = story.at(4, reply(Answer.TAKE, "ana", START + 4 * MINUTE))
    assert outcome.incident == before
    assert outcome.entries[0].by == "ana"
    assert not outcome.work


def test_resolved_does_not_escalate():
    """OneUptime#1690."""
    story = Story()
    story.at(3, recovered(at=START + 3 * MINUTE))
    for minute in range(4, 60):
        story.at(minute)
        assert story.pages() == [], minute
    assert story.incident.state is State.CLOSED


def test_other_alarm_does_not_join_resolved():
    """keep#2481."""
    story = Story()
    story.at(3, recovered(at=START + 3 * MINUTE))
    before = story.incident
    assert story.at(4, raised("other", at=START + 4 * MINUTE)).incident == before


def test_recovered_is_said_once():
    """alertmanager#1125: resolved again and again."""
    story = Story()
    event = recovered(at=START + 3 * MINUTE)
    assert Kind.ANNOUNCE in kinds(story.at(3, event))
    assert story.at(4, event).work == ()
    assert story.at(5, recovered(at=START + 5 * MINUTE)).work == ()


def test_lower_level_neither_pages_nor_ends():
    """netdata#18179: a filter of levels swallowed the recovery."""
    story = Story()
    story.at(1, raised("latency", Level.HIGH, START + MINUTE))
    assert story.pages() == []
    story.at(2, recovered("api", START + 2 * MINUTE))
    assert story.incident.is_open
    story.at(3, recovered("latency", START + 3 * MINUTE))
    assert story.incident.state is State.RESOLVED


def test_higher_level_pages_although_taken():
    story = Story(new(Level.HIGH))
    story.at(2, reply(Answer.TAKE, "ana", START + 2 * MINUTE))
    story.at(4, raised("database", Level.CRITICAL, START + 4 * MINUTE))
    assert story.pages() == [("ana",)]
    assert (story.incident.level, story.incident.state) == (Level.CRITICAL, State.TRIGGERED)
    assert story.incident.title == "database is down"


def test_holder_is_reminded_and_must_confirm():
    story = Story()
    story.at(1, reply(Answer.TAKE, "ana", START + MINUTE))
    story.at(31)
    assert [(work.kind, work.people) for work in story.outcome.work] == [(Kind.REMIND, ("ana",))]
    story.at(40, reply(Answer.TAKE, "ana", START + 40 * MINUTE))
    assert story.outcome.work == ()
    assert story.incident.due_at == START + 70 * MINUTE
    story.at(70)
    story.at(85)
    assert story.pages() == [("ana",)]
    assert story.incident.state is State.TRIGGERED


def test_snooze_ends_with_a_page():
    """oncall#1206: a paused escalation never went on."""
    story = Story()
    story.at(1, reply(Answer.SNOOZE, "ana", START + MINUTE, minutes=30))
    story.at(30)
    assert story.pages() == []
    story.at(31)
    assert story.pages() == [("ana",)]


def test_further_alarm_ends_a_snooze():
    story = Story()
    story.at(1, reply(Answer.SNOOZE, "ana", START + MINUTE, minutes=120))
    story.at(10, raised("api", at=START + 10 * MINUTE))
    assert story.pages() == []
    story.at(11, raised("database", at=START + 11 * MINUTE))
    assert story.pages() == [("ana",)]


def test_cannot_goes_on_at_once():
    story = Story()
    story.at(2, reply(Answer.CANNOT, "ana", START + 2 * MINUTE))
    assert story.pages() == [("ben",)]
    story.at(3, reply(Answer.CANNOT, "ben", START + 3 * MINUTE))
    assert story.pages() == [("cem",)]
    story.at(4, reply(Answer.CANNOT, "cem", START + 4 * MINUTE))
    assert story.pages() in ([("ana", "ben", "cem")], [])


def test_cannot_after_taking_pages_the_next():
    story = Story()
    story.at(1, reply(Answer.TAKE, "ana", START + MINUTE))
    story.at(2, reply(Answer.CANNOT, "ana", START + 2 * MINUTE))
    assert story.pages() == [("ben",)]


def test_cannot_of_another_person_pages_nobody():
    story = Story()
    story.at(1, reply(Answer.CANNOT, "cem", START + MINUTE))
    assert story.pages() == []


def test_old_answer_does_not_take_it():
    """One that was given before it was triggered again, and arrives afterwards."""
    story = Story(new(Level.HIGH))
    story.at(4, raised("database", Level.CRITICAL, START + 4 * MINUTE))
    outcome = story.at(5, reply(Answer.TAKE, "ana", START + 3 * MINUTE, via=Way.PAGERDUTY))
    assert outcome.incident.state is State.TRIGGERED


def test_same_alarm_opens_it_again():
    story = Story()
    story.at(3, recovered(at=START + 3 * MINUTE))
    story.at(9, raised(at=START + 9 * MINUTE))
    assert story.incident.state is State.TRIGGERED
    assert story.pages() == [("ana",)]
    assert story.incident.resolved_at is None


def test_what_comes_and_goes_is_held_open():
    story = Story()
    for minute in (2, 6, 10):
        story.at(minute, recovered(at=START + minute * MINUTE))
        story.at(minute + 2, raised(at=START + (minute + 2) * MINUTE))
    assert story.incident.flapping
    story.at(14, recovered(at=START + 14 * MINUTE))
    assert story.incident.is_open
    story.at(20, raised(at=START + 20 * MINUTE))
    assert story.pages() == []
    story.at(22, recovered(at=START + 22 * MINUTE))
    story.at(51, reply(Answer.TAKE, "ana", START + 51 * MINUTE))
    story.at(52)
    assert story.incident.state is State.RESOLVED


def test_person_cannot_resolve_what_fires():
    story = Story()
    outcome = story.at(2, reply(Answer.RESOLVE, "ana", START + 2 * MINUTE))
    assert "still fires" in outcome.refused
    assert outcome.incident.is_open


def test_person_resolves_what_has_no_end():
    story = Story(new(Level.CRITICAL, "finding", has_end=False))
    story.at(2, reply(Answer.RESOLVE, "ana", START + 2 * MINUTE))
    assert story.incident.state is State.RESOLVED


def test_week_old_incident_is_left_alone():
    story = Story()
    outcome = story.at(7 * 24 * 60)
    assert (outcome.incident.stale, outcome.incident.due_at) == (True, None)
    assert kinds(outcome) == [Kind.ANNOUNCE]
    story.at(7 * 24 * 60 + 1)
    assert story.outcome.work == ()
    story.at(7 * 24 * 60 + 2, reply(Answer.TAKE, "ana", START + timedelta(days=7, minutes=2)))
    assert story.incident.timer is None


def test_closed_is_written_up():
    story = Story()
    story.at(3, recovered(at=START + 3 * MINUTE))
    outcome = story.at(13)
    assert outcome.incident.state is State.CLOSED
    assert kinds(outcome) == [Kind.WRITE_UP]


def test_late_tick_escalates_by_one_step():
    """Never by two: the people of a step get their time, however late the tick comes."""
    story = Story()
    story.at(60)
    assert story.incident.timer is Timer.PAGE_AGAIN
    assert story.pages() == [("ben",)]
    story.at(61)
    assert story.pages() == []


def test_page_again_does_not_put_off_escalation():
    story = Story()
    story.at(9)
    assert story.pages() == [("ana",)]
    story.at(15)
    assert story.pages() == [("ben",)]


def test_other_system_pages_instead():
    """With an escalation of PagerDuty nobody is paged from here, and answers are taken."""
    outcome = new(steps=())
    assert kinds(outcome) == [Kind.GATHER]
    story = Story(outcome)
    story.at(60)
    assert story.pages() == []
    story.at(61, reply(Answer.TAKE, "ana", START + 61 * MINUTE, via=Way.PAGERDUTY))
    assert story.incident.taken_by == "ana"


def test_answer_of_pagerduty_is_not_sent_back():
    story = Story()
    outcome = story.at(2, reply(Answer.TAKE, "ana", START + 2 * MINUTE, via=Way.PAGERDUTY))
    assert Kind.ACKNOWLEDGE not in kinds(outcome)
    other = Story().at(2, reply(Answer.TAKE, "ana", START + 2 * MINUTE))
    assert Kind.ACKNOWLEDGE in kinds(other)


@pytest.mark.parametrize("via", list(Way))
def test_others_learn_who_took_it(via):
    outcome = Story().at(2, reply(Answer.TAKE, "ana", START + 2 * MINUTE, via=via))
    announced = next(work for work in outcome.work if work.kind is Kind.ANNOUNCE)
    assert announced.text.startswith("ana took it")
    assert announced.people == ("ana",)


def test_test_page_ends_when_taken():
    story = Story(opened(1, subject(has_end=False), STEPS, machine(), test=True))
    assert story.pages() == [("ana",)]
    outcome = story.at(2, reply(Answer.TAKE, "ana", START + 2 * MINUTE))
    assert outcome.incident.state is State.CLOSED
    assert Kind.WRITE_UP not in kinds(outcome)
