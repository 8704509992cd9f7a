"""Properties of every rota, in zones whose clocks do what clocks can do."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.on_call.rotation import (
    holes,
    last_handoff,
    next_handoff,
    on_call_at,
    people_of,
    shift_at,
    shifts,
)
from lambdas.vocabulary.on_call import OnCall, Override, Rota, Who
from tests.unit.lambdas.shared.on_call.rotas import (
    NAMES,
    WEEK,
    ZONES,
    berlin,
    overrides,
    patient,
    rotas,
    situations,
    utc,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@patient
@given(situations())
def test_there_is_one_primary(situation):
    moment, rota, urgent = situation
    assert on_call_at(rota, moment, urgent).primary in {*NAMES, "guest"}


@patient
@given(situations())
def test_backup_is_somebody_else(situation):
    moment, rota, urgent = situation
    now = on_call_at(rota, moment, urgent)
    assert now.backup != now.primary


@patient
@given(situations(least=1))
def test_shifts_tile_the_time(situation):
    moment, rota, urgent = situation
    found = list(shifts(rota, moment - 4 * WEEK, moment + 4 * WEEK, urgent))
    assert (found[0].start, found[-1].until) == (moment - 4 * WEEK, moment + 4 * WEEK)
    assert all(earlier.until == later.start for earlier, later in pairwise(found))
    assert all(shift.start < shift.until for shift in found)


def instants_of(wall, zone):
    """When clocks of the zone show this time: once, twice, or never."""
    near = wall.replace(tzinfo=UTC)
    offsets = {(near + side).astimezone(zone).utcoffset() for side in (-DAY, DAY)}
    found = {near - offset for offset in offsets}
    return sorted(each for each in found if each.astimezone(zone).replace(tzinfo=None) == wall)


@pytest.mark.parametrize("zone", ZONES)
def test_shifts_of_thirty_years_tile(zone):
    """Each begins when the clocks first show the handoff's time, or within a gap of theirs."""
    rota = Rota(zone, 6, "02:30", date(2026, 11, 1), ("ana", "ben", "cem"))
    found = list(shifts(rota, utc(2005, 1, 1), utc(2035, 1, 1)))
    assert len(found) == 1567
    assert all(earlier.until == later.start for earlier, later in pairwise(found))
    order = [NAMES.index(shift.person) for shift in found]
    assert all((later - earlier) % 3 == 1 for earlier, later in pairwise(order))
    for shift in found[1:]:
        local = shift.start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        shown = instants_of(datetime.combine(local, time(2, 30)), ZoneInfo(zone))
        assert shown[0] == shift.start if shown else local.time() in {time(3, 30), time(3, 0)}


@patient
@given(situations(), st.integers(-30 * 1440, 30 * 1440))
def test_shift_says_what_pager_says(situation, minutes):
    """Sampled at the shift's ends and at any minute in it."""
    moment, rota, urgent = situation
    sampled = moment + timedelta(minutes=minutes)
    found = [each for each in shifts(rota, moment - 5 * WEEK, moment + 5 * WEEK, urgent) if each.start <= sampled]
    shift = found[-1]
    assert sampled < shift.until
    for at in (shift.start, sampled, shift.until - timedelta(microseconds=1)):
        assert on_call_at(rota, at, urgent) == OnCall(shift.person, shift.backup)


@patient
@given(situations(), st.data())
def test_override_changes_only_its_window(situation, data):
    moment, rota, urgent = situation
    another = data.draw(overrides(moment))
    with_it = replace(rota, overrides=(*rota.overrides, another))
    edges = [another.start - timedelta(microseconds=1), another.until]
    for at in (*edges, moment - 5 * WEEK, moment + 5 * WEEK):
        assert on_call_at(with_it, at, urgent) == on_call_at(rota, at, urgent)
        assert on_call_at(rota, at, [*urgent, another]) == on_call_at(rota, at, urgent)


@patient
@given(situations())
def test_holes_are_where_somebody_lacks(situation):
    moment, rota, urgent = situation
    span = (moment - 4 * WEEK, moment + 4 * WEEK)
    found = list(holes(rota, *span, urgent))
    for shift in shifts(rota, *span, urgent):
        now = on_call_at(rota, shift.start, urgent)
        assert (shift in found) == (now.primary is None or now.backup is None or now.primary == now.backup)


@patient
@given(situations())
def test_handoffs_enclose_the_moment(situation):
    moment, rota, urgent = situation
    last, following = last_handoff(rota, moment), next_handoff(rota, moment)
    assert last <= moment < following
    assert last_handoff(rota, following) == following
    shift = shift_at(rota, moment, urgent)
    assert last <= shift.start <= moment < shift.until <= following


@patient
@given(rotas(), st.integers(0, 200))
def test_week_is_the_same_in_any_zone(rota, weeks):
    """Whoever asks may have another zone than the rota."""
    moment = last_handoff(rota, utc(2020, 1, 1)) + weeks * WEEK
    assert on_call_at(rota, moment) == on_call_at(rota, moment.astimezone(ZoneInfo("Asia/Tokyo")))


def test_weeks_are_taken_in_turn():
    rota = berlin()
    assert on_call_at(rota, utc(2026, 11, 2, 8)) == OnCall("ana", "ben")
    assert on_call_at(rota, utc(2026, 11, 9, 8)) == OnCall("ben", "cem")
    assert on_call_at(rota, utc(2026, 11, 9, 7, 59)) == OnCall("ana", "ben")
    assert on_call_at(rota, utc(2026, 11, 2, 7, 59)) == OnCall("cem", "ana")


def test_start_may_be_any_day():
    """The first person's week is that of the start."""
    assert on_call_at(berlin(start=date(2026, 11, 5)), utc(2026, 11, 5, 12)) == OnCall("ana", "ben")
    assert last_handoff(berlin(start=date(2026, 11, 8)), utc(2026, 11, 5)) == utc(2026, 11, 2, 8)


def test_rota_may_be_empty():
    nobody = berlin(people=())
    assert on_call_at(nobody, utc(2026, 11, 2)) == OnCall(None, None)
    assert [*holes(nobody, utc(2026, 11, 3), utc(2026, 11, 4))] == [*shifts(nobody, utc(2026, 11, 3), utc(2026, 11, 4))]


# In the week of 9 November Ben is primary and Cem the backup.
INSIDE = utc(2026, 11, 10)


def of_that_week(person, instead_of, identifier=""):
    return Override(person, INSIDE - HOUR, INSIDE + HOUR, instead_of, identifier)


def who(*planned, urgent=(), people=("ana", "ben", "cem")):
    return on_call_at(berlin(people, planned), INSIDE, urgent)


def test_primary_is_replaced():
    assert who(of_that_week("ana", "ben")) == OnCall("ana", "cem")


def test_backup_is_replaced():
    assert who(of_that_week("ana", "cem")) == OnCall("ben", "ana")


def test_backup_moves_up():
    """Cem stands in as the primary, and Ana becomes the backup: Ben is away."""
    assert who(of_that_week("cem", "ben")) == OnCall("cem", "ana")


def test_nobody_is_left_as_backup():
    """Of two people one is away, and the other cannot be both."""
    away = of_that_week("ana", "ben")
    assert who(away, people=("ana", "ben")) == OnCall("ana", None)
    (hole,) = holes(berlin(("ana", "ben"), [away]), INSIDE - DAY, INSIDE + DAY)
    assert (hole.person, hole.backup, hole.start, hole.until) == ("ana", None, INSIDE - HOUR, INSIDE + HOUR)


def test_guest_stands_in():
    assert who(of_that_week("guest", "ben")) == OnCall("guest", "cem")


def test_two_overrides_swap_two_people():
    assert who(of_that_week("cem", "ben"), of_that_week("ben", "cem")) == OnCall("cem", "ben")


def test_urgent_override_wins():
    assert who(of_that_week("ana", "ben"), urgent=[of_that_week("dora", "ben")]).primary == "dora"


def test_stand_in_is_replaced():
    """Whoever is on call can be replaced by their name, by whichever override they are."""
    assert who(of_that_week("ana", "ben"), urgent=[of_that_week("dora", "ana")]).primary == "dora"
    chain = [of_that_week("ana", "ben", "1"), of_that_week("dora", "ana", "2")]
    assert who(urgent=chain).primary == "dora"
    assert who(urgent=chain[::-1]).primary == "dora"


def test_urgent_override_undoes_a_planned_one():
    assert who(of_that_week("ana", "ben"), urgent=[of_that_week("ben", "ana")]) == OnCall("ben", "cem")


def test_latest_urgent_override_counts():
    assert who(urgent=[of_that_week("dora", "ben", "2"), of_that_week("ana", "ben", "1")]).primary == "dora"


def test_override_without_effect_cuts_nothing():
    """Ana is not on call in that week."""
    rota = berlin(overrides=[of_that_week("dora", "ana")])
    assert len(list(shifts(rota, utc(2026, 11, 9, 8), utc(2026, 11, 16, 8)))) == 1


def test_step_pages_who_is_meant():
    rota, moment = berlin(overrides=[of_that_week("guest", "ben")]), INSIDE
    assert people_of([Who.PRIMARY], rota, moment) == ("guest",)
    assert people_of([Who.BACKUP, "cem", "ana"], rota, moment) == ("cem", "ana")
    assert people_of([Who.EVERYBODY], rota, moment) == ("guest", "cem", "ana", "ben")


def test_step_may_page_nobody():
    """A step whose person an override took away is skipped, not sent to somebody."""
    rota = berlin(("ana", "ben"), [of_that_week("ana", "ben")])
    assert people_of([Who.BACKUP], rota, INSIDE) == ()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (("ana", INSIDE, INSIDE, "ben"), "later than start"),
        (("ana", INSIDE, INSIDE + HOUR, "ana"), "somebody else"),
        (("", INSIDE, INSIDE + HOUR, "ana"), "must be names"),
        (("ana", datetime(2026, 1, 1), INSIDE, "ben"), "must have a zone"),  # noqa: DTZ001 - that it is refused
    ],
)
def test_impossible_override_is_refused(fields, reason):
    with pytest.raises(ValueError, match=reason):
        Override(*fields)
