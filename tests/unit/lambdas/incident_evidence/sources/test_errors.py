"""Errors now against an hour ago."""

from datetime import timedelta

import pytest
from moto import mock_aws

from lambdas.incident_evidence.sources.errors import ERRORS
from lambdas.shared.error_tracking import items
from lambdas.vocabulary.error_tracking import State
from tests.unit.lambdas.incident_evidence.situation import NOW, settings, situation
from tests.unit.lambdas.operator_view.account import Account
from tests.unit.lambdas.operator_view.story import issue


@pytest.fixture
def account():
    with mock_aws():
        yield Account("errors")


def before(**time):
    return NOW - timedelta(**time)


def happened(account, number, counts, **fields):
    """An issue with its counts, by the minutes before now."""
    made = issue(number, **({"last_seen": before(minutes=min(counts))} | fields))
    account.put_issue(made)
    hours = {}
    for minutes, count in counts.items():
        at = before(minutes=minutes)
        hours.setdefault(items.hour_of(at), {})[items.MINUTES[at.minute]] = {"N": str(count)}
    for hour, attributes in hours.items():
        account.put({**items.key(items.issue_record("api", made.id), f"hour#{hour}"), **attributes})


def look(account):
    return ERRORS.look(situation(lambda _service: account.dynamodb)).lines


def test_counts_stand_against_an_hour_before(account):
    happened(account, 1, {0: 5, 14: 2, 16: 100, 60: 3, 74: 1, 76: 100}, title="Boom", last_release="1.4.2")
    assert look(account) == ("api: Boom in chargeOrder in src/orders/charge.ts: 7, an hour before 4, release 1.4.2",)


def test_what_grew_most_is_first(account):
    happened(account, 1, {1: 50, 61: 49}, title="Steady")
    happened(account, 2, {1: 9}, title="Fresh", first_seen=before(minutes=3))
    first, second = look(account)
    assert "Fresh" in first
    assert first.endswith(", new")
    assert "Steady" in second


def test_issue_that_came_back_says_so(account):
    happened(account, 1, {1: 1}, state=State.REGRESSED)
    (line,) = look(account)
    assert line.endswith(", came back")


@pytest.mark.parametrize("fields", [{"state": State.MUTED}, {"state": State.RESOLVED}])
def test_muted_and_resolved_are_left_out(account, fields):
    happened(account, 1, {1: 50}, **fields)
    assert look(account) == ()


def test_issue_of_before_is_left_out(account):
    happened(account, 1, {16: 50, 61: 50})
    assert look(account) == ()


def test_not_there_without_table():
    assert not ERRORS.is_there(settings(errors=None))
