"""Deployments that the error tracker knows."""

import pytest
from moto import mock_aws

from lambdas.incident_evidence.sources.deployments import DEPLOYMENTS
from lambdas.shared.error_tracking.deployments import record_deployment
from lambdas.vocabulary.error_tracking import Deployment
from tests.releases import error_table
from tests.unit.lambdas.incident_evidence.situation import NOW, ago, settings, situation


@pytest.fixture
def table():
    with mock_aws():
        yield error_table(lambda: NOW)


def deployed(table, version, at, *, environment="prod", **fields):
    record_deployment(table, "api", version, Deployment(environment, at, **fields))


def look(table):
    return DEPLOYMENTS.look(situation(lambda _service: table.dynamodb))


def test_last_deployment_before_is_suspected(table):
    deployed(table, "1.4.1", ago(minutes=90))
    deployed(table, "1.4.2", ago(minutes=12), name="anna", url="https://ci.example/7")
    deployed(table, "1.4.3", ago(seconds=-15))
    found = look(table)
    assert found.suspected
    assert found.lines == (
        "release 1.4.2 of api deployed 12 min before by anna, https://ci.example/7",
        "release 1.4.1 of api deployed 1 h 30 min before",
        "release 1.4.3 of api deployed 15 s after it opened",
    )


def test_release_deployed_again_is_found(table):
    deployed(table, "1.3.0", ago(days=40))
    deployed(table, "1.3.0", ago(minutes=5))
    assert look(table).lines == ("release 1.3.0 of api deployed 5 min before",)


def test_what_came_after_is_not_suspected(table):
    deployed(table, "1.4.3", ago(seconds=-15))
    assert not look(table).suspected


@pytest.mark.parametrize("other", [{"at": ago(minutes=121)}, {"at": ago(minutes=5), "environment": "staging"}])
def test_old_and_foreign_deployments_are_left_out(table, other):
    deployed(table, "1.4.2", **other)
    found = look(table)
    assert (found.lines, found.suspected) == ((), False)


def test_not_there_without_table():
    assert not DEPLOYMENTS.is_there(settings(errors=None))
    assert DEPLOYMENTS.is_there(settings())
