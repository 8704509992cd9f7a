"""Which actions are overdue, and how that is said."""

from dataclasses import replace
from datetime import UTC, date, datetime

from lambdas.shared.incidents.actions import overdue, overdue_notice
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change
from tests.unit.lambdas.shared.incidents.story import ACTION

DUE = date(2026, 12, 4)
MONDAY = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)


def test_due_today_is_not_overdue():
    assert overdue([ACTION], DUE) == []
    assert overdue([ACTION], date(2026, 12, 5)) == [ACTION]


def test_done_is_not_overdue():
    assert overdue([replace(ACTION, done_at=MONDAY)], date(2027, 1, 1)) == []


def test_longest_overdue_comes_first():
    older = replace(ACTION, identifier="a2", due="2026-11-30")
    assert overdue([ACTION, older], date(2026, 12, 5)) == [older, ACTION]


def test_notice_names_owner_and_days():
    notice = overdue_notice([ACTION], MONDAY)
    assert (notice.level, notice.change) == (Level.LOW, Change.HAPPENED)
    assert notice.title == "1 action of incident reviews is overdue"
    assert notice.measured == "“Limit the pool to 20 connections” (ben, SHOP-812, of incident 12, 3 days overdue)"


def test_long_list_is_cut():
    notice = overdue_notice([replace(ACTION, identifier=str(number)) for number in range(12)], MONDAY)
    assert notice.title == "12 actions of incident reviews are overdue"
    assert notice.measured.endswith("; and 2 more")


def test_nothing_overdue_is_no_notice():
    assert overdue_notice([ACTION], datetime(2026, 12, 4, 23, 59, tzinfo=UTC)) is None
