"""Urgent overrides in the table: written by the function, read by all."""

from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.shared.on_call.overrides import (
    MOST,
    NoSuchOverrideError,
    Overrides,
    TooManyOverridesError,
    asked,
    event_of,
)
from lambdas.shared.on_call.rotation import on_call_at
from lambdas.vocabulary.codec import MalformedError
from lambdas.vocabulary.notices import EXPIRES_AT, IDENTIFIER, RECORD
from lambdas.vocabulary.on_call import Override
from tests.unit.lambdas.shared.on_call.rotas import berlin, utc

NOW = utc(2026, 11, 10, 12)
HOUR = timedelta(hours=1)
TABLE = "junkos-prod-incidents"
PEOPLE = ("ana", "ben", "cem")


def override(person="cem", start=NOW, until=NOW + HOUR, instead_of="ben", by="anna"):
    return Override(person, start, until, instead_of, made_by=by)


class Table(Overrides):
    def put(self, identifier, document):
        item = {RECORD: {"S": "override"}, IDENTIFIER: {"S": identifier}, "document": {"S": document}}
        self.dynamodb.put_item(TableName=TABLE, Item=item)

    def read(self):
        self.ignored.clear()
        return self.all(PEOPLE, lambda *said: self.ignored.append(said))


def table_in(account):
    client = account.client("dynamodb", region_name="eu-central-1")
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": RECORD, "KeyType": "HASH"}, {"AttributeName": IDENTIFIER, "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (RECORD, IDENTIFIER)],
    )
    return client


@pytest.fixture
def table():
    with mock_aws():
        moments = (NOW + timedelta(seconds=number) for number in range(1000))
        found = Table(table_in(boto3), TABLE, lambda: next(moments))
        object.__setattr__(found, "ignored", [])
        yield found


def test_override_is_read_back(table):
    made = table.add(override())
    assert made.identifier.startswith("20261110t120000-")
    assert table.read() == (made,)
    (item,) = table.dynamodb.scan(TableName=TABLE)["Items"]
    assert int(item[EXPIRES_AT]["N"]) == (made.until + timedelta(days=90)).timestamp()


def test_order_is_that_of_making(table):
    """So that of two for the same person the later one counts."""
    table.add(override("ana"))
    table.add(override("cem"))
    assert [each.person for each in table.read()] == ["ana", "cem"]
    assert on_call_at(berlin(), NOW, table.read()).primary == "cem"


def test_removed_override_is_gone(table):
    table.remove(table.add(override()).identifier)
    assert table.read() == ()
    with pytest.raises(NoSuchOverrideError, match="there is no override '2026'"):
        table.remove("2026")


@pytest.mark.parametrize("document", ["{", "[]", '{"person": "cem"}', '{"person": 1, "instead_of": "ben"}'])
def test_unreadable_override_stops_no_page(table, document):
    """Whoever the rota names is paged, and the record is reported."""
    made = table.add(override())
    table.put("20261110t130000-aaaa", document)
    assert table.read() == (made,)
    assert table.ignored == [("20261110t130000-aaaa", "it cannot be read")]


def test_field_of_newer_code_is_passed_over(table):
    table.put("1", override().to_json().replace("{", '{"reason": "ill", ', 1))
    assert [each.person for each in table.read()] == ["cem"]


def test_person_who_left_stands_in_for_nobody(table):
    made = table.add(override("zoe"))
    assert table.read() == ()
    assert table.ignored == [(made.identifier, "its person is not among those who can be paged")]


def test_overrides_are_bounded(table):
    past = override(start=NOW - 2 * HOUR, until=NOW - HOUR)
    table.add(past)
    for _ in range(MOST):
        table.add(override())
    with pytest.raises(TooManyOverridesError, match="200 overrides already"):
        table.add(override())


def test_event_is_read_as_it_was_meant():
    assert asked(event_of(override()), NOW) == override()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"start": "2026-11-10T12:00:00"}, "start is str, expected an ISO 8601 time with its zone"),
        ({"until": "2026-11-10T11:00:00+00:00"}, "until must be later than start"),
        ({"person": "ben"}, "somebody else"),
        ({"person": 5}, "person is int, expected str"),
        ({"more": 5}, "more is not known"),
        (
            {"start": "2026-11-09T10:00:00+00:00", "until": "2026-11-09T11:00:00+00:00"},
            "until has passed",
        ),
    ],
)
def test_impossible_event_is_refused(changed, reason):
    event = {"override": {**event_of(override())["override"], **changed}}
    with pytest.raises(MalformedError, match=reason):
        asked(event, NOW)


def test_event_must_hold_an_object():
    with pytest.raises(MalformedError, match="override is not an object"):
        asked({"override": "cem"}, NOW)
