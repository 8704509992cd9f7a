"""What holds whatever happens, in whichever order, however late and however often."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lambdas.incident.events import Answered, Kind, Raised, Recovered, Tick
from lambdas.incident.rules import Rules
from lambdas.incident.step import Machine
from lambdas.vocabulary.incidents import Answer, State, Way
from lambdas.vocabulary.levels import Level
from tests.unit.lambdas.incident.samples import MINUTE, START, new, people_at_night, raised, recovered, reply

KEYS = st.sampled_from(["api", "database", "certificate"])
LEVELS = st.sampled_from([Level.CRITICAL, Level.HIGH])
AGES = st.integers(0, 90).map(lambda minutes: minutes * MINUTE)
"""How late an event arrives."""


@st.composite
def _event(draw):
    late = draw(AGES) if draw(st.booleans()) else timedelta(0)
    kind = draw(st.sampled_from(["tick", "raised", "recovered", "answer"]))
    key, level, by = draw(KEYS), draw(LEVELS), draw(st.sampled_from(["ana", "ben", "cem", "zoe"]))
    answer, via = draw(st.sampled_from(list(Answer))), draw(st.sampled_from(list(Way)))
    minutes = draw(st.integers(1, 300))

    def at(now):
        moment = now - late
        return {
            "tick": Tick,
            "raised": lambda: raised(key, level, moment),
            "recovered": lambda: recovered(key, moment),
            "answer": lambda: reply(answer, by, moment, via, text="looked", minutes=minutes),
        }[kind]()

    return at


PASSING = st.one_of(st.integers(0, 20), st.sampled_from([45, 130, 11_000])).map(lambda minutes: minutes * MINUTE)
STORIES = st.lists(st.tuples(PASSING, _event()), max_size=40)


def _told(story):
    """Each event with the incident before it, what came of it, and the moment."""
    incident, now = new().incident, START
    for passing, event_at in story:
        now += passing
        machine = Machine(now, people_at_night, Rules())
        event = event_at(now)
        outcome = machine.step(incident, event)
        yield machine, incident, event, outcome
        incident = outcome.incident


@given(STORIES)
def test_only_what_nobody_has_pages(story):
    for _, _, _, outcome in _told(story):
        if any(work.kind is Kind.PAGE for work in outcome.work):
            assert outcome.incident.state is State.TRIGGERED


@given(STORIES)
def test_open_incident_is_always_due(story):
    for _, _, _, outcome in _told(story):
        if outcome.incident.is_open and not outcome.incident.stale:
            assert outcome.incident.due_at is not None


@given(STORIES)
def test_doubled_event_changes_nothing_more(story):
    for machine, _, event, outcome in _told(story):
        again = machine.step(outcome.incident, event)
        if isinstance(event, Answered):
            continue  # a person may say a thing twice; a nonce tells the doubled form
        if isinstance(event, Tick) and outcome.incident.due_at == machine.now:
            continue
        assert again.incident == outcome.incident
        assert again.work == ()


@given(STORIES)
def test_closed_stays_closed(story):
    for _, before, _, outcome in _told(story):
        if before.state is State.CLOSED:
            assert outcome.incident == before
            assert outcome.work == ()


@given(STORIES)
def test_resolved_has_nothing_that_lasts(story):
    for _, _, _, outcome in _told(story):
        if not outcome.incident.is_open:
            assert outcome.incident.lasting == ()


@given(STORIES)
def test_what_fires_is_not_resolved(story):
    """Neither by a person nor by time."""
    for _, before, event, outcome in _told(story):
        if any(subject.has_end for subject in before.lasting) and not isinstance(event, Recovered):
            assert outcome.incident.is_open


@given(STORIES)
def test_old_news_of_a_subject_changes_nothing(story):
    for machine, _, _, outcome in _told(story):
        for subject in outcome.incident.subjects:
            old = Raised(subject)
            assert machine.step(outcome.incident, old).incident == outcome.incident


@given(STORIES)
def test_level_never_falls(story):
    for _, before, _, outcome in _told(story):
        assert list(Level).index(outcome.incident.level) <= list(Level).index(before.level)


@given(STORIES)
def test_snoozed_is_not_reminded(story):
    for _, before, event, outcome in _told(story):
        if before.snoozed_until and before.state is State.ACKNOWLEDGED and isinstance(event, Tick):
            assert not any(work.kind is Kind.REMIND for work in outcome.work)


@given(STORIES, st.integers(1, 30))
def test_late_ticks_page_no_more(story, late):
    """One tick after a pause pages once at most: never what the missed ones would have paged together."""
    for machine, _, _, outcome in _told(story):
        later = Machine(machine.now + late * MINUTE, people_at_night, Rules()).step(outcome.incident, Tick())
        assert sum(work.kind is Kind.PAGE for work in later.work) <= 1
