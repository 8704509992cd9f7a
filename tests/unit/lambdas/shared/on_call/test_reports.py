"""What others' rotas got wrong, each by the name of its report."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from lambdas.shared.on_call.rotation import last_handoff, next_handoff, on_call_at, people_of, shift_at, shifts
from lambdas.vocabulary.on_call import OnCall, Override, Rota, Who
from tests.unit.lambdas.shared.on_call.rotas import WEEK, berlin, utc

NIGHT = timedelta(hours=12)


def test_oncall_5247_3261_handoff_keeps_its_hour():
    """Shifts were an hour off after the clocks changed: 09:00 in Berlin is 07:00 UTC in summer, 08:00 in winter."""
    rota = berlin()
    assert next_handoff(rota, utc(2027, 3, 23)) == utc(2027, 3, 29, 7)
    assert last_handoff(rota, utc(2027, 3, 23)) == utc(2027, 3, 22, 8)
    autumn = next(shifts(rota, utc(2027, 10, 25, 7), utc(2027, 11, 8)))
    assert autumn.until - autumn.start == WEEK + timedelta(hours=1)


def test_opsknight_378_skipped_day_has_no_shift():
    """Samoa had no Friday 30 December 2011: that handoff comes at once after the gap, and none is added."""
    rota = Rota("Pacific/Apia", 4, "09:00", date(2011, 12, 23), ("ana", "ben", "cem"))
    found = [(shift.person, shift.start) for shift in shifts(rota, utc(2011, 12, 23, 19), utc(2012, 1, 7))]
    assert found == [("ana", utc(2011, 12, 23, 19)), ("ben", utc(2011, 12, 30, 19)), ("cem", utc(2012, 1, 5, 19))]
    local = utc(2011, 12, 30, 19).astimezone(ZoneInfo("Pacific/Apia"))
    assert (local.date(), local.hour) == (date(2011, 12, 31), 9)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 3, 28), utc(2027, 3, 28, 1, 30)),  # does not exist: 03:30 of the new time
        (date(2027, 10, 31), utc(2027, 10, 31, 0, 30)),  # exists twice: the first
    ],
)
def test_opsknight_378_odd_wall_time_is_one_moment(day, expected):
    """RFC 5545, 3.3.5: the first of two, and of none the one by the offset before the gap."""
    rota = berlin(handoff_weekday=6, handoff_time="02:30", start=day)
    assert last_handoff(rota, expected) == expected
    assert last_handoff(rota, expected - timedelta(seconds=1)) < expected - timedelta(days=6)


def test_opsknight_276_midnight_begins_the_day():
    """Midnight was written as 24:00 and moved the handoff to the next day."""
    rota = berlin(handoff_time="00:00")
    assert last_handoff(rota, utc(2026, 11, 2, 12)) == utc(2026, 11, 1, 23)
    assert on_call_at(rota, utc(2026, 11, 8, 22, 59)).primary == "ana"
    assert on_call_at(rota, utc(2026, 11, 8, 23)).primary == "ben"


def test_oneuptime_1890_offset_is_that_of_the_day():
    """The offset of the day on which the rota was made was kept through the summer."""
    handoff = last_handoff(berlin(start=date(2026, 1, 5)), utc(2026, 7, 8)).astimezone(ZoneInfo("Europe/Berlin"))
    assert (handoff.weekday(), handoff.hour, handoff.utcoffset()) == (0, 9, timedelta(hours=2))


def test_oncall_1296_oneuptime_3411_who_knows_overrides():
    """The answer to "who is on call" was the rota's, while an override paged somebody else."""
    urgent = [Override("cem", utc(2026, 11, 3), utc(2026, 11, 4), "ana")]
    noon = utc(2026, 11, 3, 12)
    assert on_call_at(berlin(), noon, urgent).primary == "cem"
    assert people_of([Who.PRIMARY], berlin(), noon, urgent) == ("cem",)
    assert shift_at(berlin(), noon, urgent).person == "cem"


def test_oneuptime_2445_override_is_of_one_person():
    """An override of one policy took effect in another: here, of Cem's week when Ben is on call, or a named step."""
    override = Override("dora", utc(2026, 11, 2), utc(2026, 12, 2), "cem")
    rota = berlin(("ana", "ben", "cem", "eli"), [override])
    assert on_call_at(rota, utc(2026, 11, 3)) == OnCall("ana", "ben")
    assert on_call_at(rota, utc(2026, 11, 10)) == OnCall("ben", "dora")
    assert people_of(["cem"], rota, utc(2026, 11, 10)) == ("cem",)


def test_oncall_1501_overridden_shift_is_gone():
    """The calendar showed the shift that was overridden beside its override."""
    night = Override("cem", utc(2026, 11, 3, 18), utc(2026, 11, 3, 18) + NIGHT, "ana")
    found = [*shifts(berlin(overrides=[night]), utc(2026, 11, 2, 8), utc(2026, 11, 9, 8))]
    assert [(each.person, each.start.day, each.until.day) for each in found] == [
        ("ana", 2, 3),
        ("cem", 3, 4),
        ("ana", 4, 9),
    ]
