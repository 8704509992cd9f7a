"""Incidents with the same alarms."""

from datetime import timedelta

import pytest
from moto import mock_aws

from lambdas.incident_evidence.sources.earlier_incidents import EARLIER_INCIDENTS
from lambdas.shared import aws
from lambdas.shared.incidents.table import Change, IncidentTable
from lambdas.vocabulary.incidents import Entry
from tests.unit.lambdas.incident_evidence.situation import (
    INCIDENTS,
    ago,
    incident,
    incidents_in,
    situation,
    subject,
)


@pytest.fixture
def table():
    with mock_aws():
        dynamodb = aws.client("dynamodb")
        incidents_in(dynamodb)
        yield IncidentTable(dynamodb, INCIDENTS)


def was(table, number, *said, key="failing", days=1):
    opened = ago(days=days)
    made = incident(
        number, title=f"Title {number}", opened_at=opened, resolved_at=opened + timedelta(minutes=24), version=1
    )
    entries = [Entry(opened + timedelta(minutes=minute), text, by) for minute, (text, by) in enumerate(said)]
    table.store(Change(made, entries, keys={key: opened}, is_new=True))


def look(table, **fields):
    return EARLIER_INCIDENTS.look(situation(lambda _service: table.dynamodb, incident(7, **fields))).lines


def test_last_words_of_a_person_are_said(table):
    was(table, 1, ("opened", ""), ("rolled back to 1.4.1", "ana"), ("resolved", ""))
    assert look(table) == ("#1 24 h before, lasted 24 min: Title 1; last: ana rolled back to 1.4.1",)


def test_incident_without_people_ends_by_itself(table):
    was(table, 1, ("opened", ""), ("recovered", ""))
    assert look(table)[0].endswith("; last: recovered")


def test_newest_three_of_all_keys(table):
    for number, key in enumerate(("failing", "slow", "other", "failing", "failing", "failing"), start=1):
        was(table, number, key=key, days=10 - number)
    was(table, 7)
    lines = look(table, subjects=(subject("failing"), subject("slow")))
    assert [line.split()[0] for line in lines] == ["#6", "#5", "#4"]


def test_own_number_is_left_out(table):
    for number in range(1, 8):
        was(table, number, key="failing" if number == 7 else "other")
    assert look(table) == ()
