"""The address of the calendar: signed, one person's or everybody's, and ended by a new one."""

from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from lambdas.shared.clock import now
from lambdas.shared.incidents.keys import keys, stored_keys
from lambdas.shared.incidents.links import Purpose, read
from lambdas.shared.incidents.table import IncidentTable
from ops.errors import OpsError
from ops.on_call.address import address_of_calendar
from tests.unit.lambdas.incident.world import TABLE, make_table


@pytest.fixture
def account():
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="us-east-1")
        make_table(dynamodb, f"junkos-prod-{TABLE}")
        yield SimpleNamespace(
            environment=SimpleNamespace(name="prod", service="junkos"),
            client=lambda _: dynamodb,
            output=lambda *_: "https://answer.example/",
        )


@pytest.fixture
def table(account):
    return IncidentTable(account.client("dynamodb"), f"junkos-prod-{TABLE}")


def person_of(table, address):
    start, _, token = address.rpartition("/")
    assert start == "https://answer.example/calendar"
    link = read(stored_keys(table, now()), token, now(), Purpose.CALENDAR)
    return link and link.person


def test_address_is_one_persons(account, table):
    keys(table, now())
    assert person_of(table, address_of_calendar(account, "ana", renewed=False)) == "ana"
    assert person_of(table, address_of_calendar(account, None, renewed=False)) == ""


def test_new_address_ends_the_old(account, table):
    keys(table, now())
    old = address_of_calendar(account, "ana", renewed=False)
    new = address_of_calendar(account, "ana", renewed=True)
    assert person_of(table, old) is None
    assert person_of(table, new) == "ana"


def test_missing_key_is_one_line(account):
    with pytest.raises(OpsError, match="no key for links"):
        address_of_calendar(account, None, renewed=False)
