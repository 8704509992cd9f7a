from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.shared.incidents import keys as module
from lambdas.shared.incidents.keys import CALENDAR, KEEP_OLD, KEY, NoKeysError, keys, replace_calendar_key, stored_keys
from lambdas.shared.incidents.table import IncidentTable
from lambdas.vocabulary.notices import IDENTIFIER, RECORD
from stacks.settings.on_call import OnCall

NOW = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)


def days(number):
    return NOW + timedelta(days=number)


@pytest.fixture
def table():
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="eu-central-1")
        dynamodb.create_table(
            TableName="incidents",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": RECORD, "KeyType": "HASH"}, {"AttributeName": IDENTIFIER, "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (RECORD, IDENTIFIER)],
        )
        yield IncidentTable(dynamodb, "incidents")


def identifiers(table):
    found = table.dynamodb.scan(TableName=table.name)["Items"]
    return sorted(item[IDENTIFIER]["S"] for item in found if item[RECORD]["S"] == KEY)


def test_keys_are_made_once(table):
    made = keys(table, NOW)
    assert [len(secret) for secret in (*made.links, made.calendar)] == [32, 32]
    assert made.links[0] != made.calendar
    assert keys(table, days(89)) == stored_keys(table, NOW) == made
    assert identifiers(table) == ["2026-11-27", CALENDAR]


def test_reading_makes_none(table):
    with pytest.raises(NoKeysError, match="function incident makes it"):
        stored_keys(table, NOW)
    assert identifiers(table) == []


def test_old_key_verifies_for_a_month(table):
    """And is deleted by the one that writes, then."""
    first = keys(table, NOW)
    both = keys(table, days(91))
    assert both.links[1:] == first.links
    assert both.calendar == first.calendar
    assert stored_keys(table, days(91 + 30)) == both
    assert stored_keys(table, days(91 + 31)).links == both.links[:1]
    assert keys(table, days(91 + 31)).links == both.links[:1]
    assert identifiers(table) == ["2027-02-26", CALENDAR]


def test_key_of_a_long_pause_is_replaced(table):
    """An account that nothing ran in for a year has an old key that still verifies, once."""
    first = keys(table, NOW)
    assert keys(table, days(365)).links[1:] == first.links


def test_two_at_once_make_the_same(table, monkeypatch):
    """The second one saw no key either."""
    made, seen = keys(table, NOW), [{}]
    stored = module._stored
    monkeypatch.setattr(module, "_stored", lambda of: seen.pop() if seen else stored(of))
    assert keys(table, NOW) == made
    assert not seen


def test_calendar_key_is_replaced_alone(table):
    before = keys(table, NOW)
    replace_calendar_key(table)
    after = keys(table, NOW)
    assert after.links == before.links
    assert after.calendar != before.calendar


def test_no_rotation_breaks_an_open_link():
    """Signed in the last moment of a key, with the longest time that the settings allow."""
    (longest,) = [each.le for each in OnCall.model_fields["link_days"].metadata if hasattr(each, "le")]
    assert timedelta(days=longest) < KEEP_OLD
