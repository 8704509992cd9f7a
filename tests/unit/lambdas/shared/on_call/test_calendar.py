"""The calendar, read by a library that others read theirs with."""

from datetime import timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.on_call.calendar import Calendar, feed
from lambdas.shared.on_call.rotation import last_handoff, on_call_at, shifts
from lambdas.vocabulary.on_call import OnCall, Override
from tests.unit.lambdas.shared.on_call.rotas import WEEK, berlin, situations, utc

NOW = utc(2026, 11, 11, 12)
TEAM = Calendar("junkos-prod", "JunkOS prod on call")
SPAN = {"past": timedelta(0), "ahead": 3 * WEEK}


def events(text):
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def times(event):
    return event.start, event.end


def names(event):
    return OnCall(*(line.partition(": ")[2] for line in str(event["DESCRIPTION"]).split("\n")))


@patient
@given(situations())
def test_calendar_shows_what_pager_says(situation):
    """Each event is a shift, and whoever is paged within it is named by it."""
    moment, rota, urgent = situation
    found = events(feed(TEAM, rota, moment, urgent, **SPAN))
    expected = [*shifts(rota, last_handoff(rota, moment), moment + 3 * WEEK, urgent)]
    assert [times(each) for each in found] == [(each.start, each.until) for each in expected]
    for event, shift in zip(found, expected, strict=True):
        paged = on_call_at(rota, shift.start + (shift.until - shift.start) / 2, urgent)
        assert names(event) == OnCall(paged.primary, paged.backup or "nobody")


def test_person_has_own_shifts():
    text = feed(Calendar("junkos-prod", "JunkOS prod", "ben"), berlin(), NOW, **SPAN)
    found = [(str(each["SUMMARY"]), each.start) for each in events(text)]
    assert found == [
        ("On call: JunkOS prod", utc(2026, 11, 9, 8)),
        ("Backup: JunkOS prod", utc(2026, 11, 23, 8)),
        ("On call: JunkOS prod", utc(2026, 11, 30, 8)),
    ]


def test_overridden_shift_is_not_shown():
    """Neither Ben's, who is away, nor Cem's as the backup."""
    away = Override("cem", utc(2026, 11, 9, 8), utc(2026, 11, 16, 8), "ben")
    first = events(feed(TEAM, berlin(overrides=[away]), NOW, **SPAN))[0]
    assert (str(first["SUMMARY"]), first.start) == ("cem (backup: ana)", utc(2026, 11, 9, 8))


def test_identifiers_are_stable():
    """Made again later, and cut by an override, a shift that begins at the same time is the same event."""
    before = {each.start: each.uid for each in events(feed(TEAM, berlin(), NOW, **SPAN))}
    night = [Override("ben", utc(2026, 11, 17, 18), utc(2026, 11, 18, 6), "cem")]
    after = {each.start: each.uid for each in events(feed(TEAM, berlin(), NOW + WEEK, night, **SPAN))}
    assert len({*after.values()}) == len(after)
    assert len(after.keys() - before.keys()) == 3  # the night, the days after it, and a week more
    assert all(after[start] == uid for start, uid in before.items() if start in after)
    other = Calendar("junkos-staging", "JunkOS staging")
    assert not {*before.values()} & {each.uid for each in events(feed(other, berlin(), NOW, **SPAN))}


def test_head_says_how_often_to_ask():
    read = icalendar.Calendar.from_ical(feed(TEAM, berlin(), NOW))
    assert read["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert (str(read["VERSION"]), str(read["NAME"])) == ("2.0", "JunkOS prod on call")
    assert not read.errors
    assert all(each["DTSTAMP"].dt == NOW for each in read.walk("VEVENT"))


@patient
@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=200))
def test_any_title_is_read_back(title):
    """And each line has 75 octets at most, ends with CRLF and is valid UTF-8 by itself."""
    text = feed(Calendar("junkos-prod", title, "ben"), berlin(), NOW, **SPAN)
    assert str(events(text)[0]["SUMMARY"]) == f"On call: {title}"
    for line in text.encode().split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()


@pytest.mark.parametrize("title", ["a\r\nATTACH:x", "a\nATTACH:x", "a\rATTACH:x", "a\x00ATTACH:x"])
def test_title_adds_no_line(title):
    text = feed(Calendar("junkos-prod", title), berlin(), NOW, **SPAN)
    assert "ATTACH" not in icalendar.Calendar.from_ical(text)
    assert not [line for line in text.split("\r\n") if line.startswith("ATTACH")]
