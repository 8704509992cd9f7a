from dataclasses import replace
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from lambdas.shared.error_tracking import deployments
from lambdas.shared.error_tracking.deployments import BadDeploymentError, record_deployment
from lambdas.shared.error_tracking.versions import BadVersionError
from lambdas.vocabulary.error_tracking import Deployment
from tests.releases import Clock, error_table

DEPLOYMENT = Deployment("production", datetime(2026, 11, 27, tzinfo=UTC), name="blue")


@pytest.fixture
def table():
    with mock_aws():
        yield error_table(Clock())


def test_unknown_release_is_made(table):
    release = record_deployment(table, "api", "1.0", DEPLOYMENT)
    assert release.deployments == (DEPLOYMENT,)
    assert table.release("api", "1.0") == release


def test_doubled_deployment_counts_once(table):
    record_deployment(table, "api", "1.0", DEPLOYMENT)
    assert record_deployment(table, "api", "1.0", DEPLOYMENT).deployments == (DEPLOYMENT,)


@pytest.mark.parametrize("environment", ["", " ", "a/b", "x" * 65])
def test_bad_environment_is_refused(environment, table):
    with pytest.raises(BadDeploymentError, match=r"^environment: "):
        record_deployment(table, "api", "1.0", replace(DEPLOYMENT, environment=environment))


def test_bad_version_is_refused(table):
    with pytest.raises(BadVersionError):
        record_deployment(table, "api", "a/b", DEPLOYMENT)


def test_deployments_are_bounded(table, monkeypatch):
    monkeypatch.setattr(deployments, "MOST", 1)
    record_deployment(table, "api", "1.0", DEPLOYMENT)
    with pytest.raises(BadDeploymentError, match="has 1 deployments already"):
        record_deployment(table, "api", "1.0", replace(DEPLOYMENT, name="green"))
