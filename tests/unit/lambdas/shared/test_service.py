"""A function writes the names of its own service, and only those."""

import json
from datetime import UTC, datetime

import pytest

from lambdas.database_backup import source
from lambdas.shared.observability import publish
from lambdas.shared.postgres import Login
from lambdas.shared.service import SERVICE_TITLE, own_names, variables_of
from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.names import ServiceNames

AT = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
POSTGRES_NAME = 63


@pytest.fixture
def acme(monkeypatch):
    monkeypatch.setenv(SERVICE_TITLE, "Acme Shop")


def test_names_travel_in_the_functions_variables():
    names = ServiceNames("Acme Shop")
    assert own_names(variables_of(names)) == names
    assert (names.service, names.namespace) == ("acme-shop", "Acme-Shop")
    assert (names.monitor_login, names.master_user) == ("acme_shop_monitor", "acme_shop_master")


def test_the_default_service_needs_no_variable():
    assert variables_of(ServiceNames()) == {}
    assert own_names({}).namespace == "JunkOS"
    assert own_names({}).monitor_login == "junkos_monitor"


@pytest.mark.usefixtures("acme")
def test_metrics_are_in_the_services_namespace(capsys):
    publish({Metric.UP: 1}, environment="prod", endpoint="api")
    (described,) = json.loads(capsys.readouterr().out)["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "Acme-Shop"


@pytest.mark.usefixtures("acme")
def test_backup_session_has_service_name():
    """A backups session is named for the service."""
    name = source.named(Login({}), AT).parameters["application_name"]
    assert name == "acme-shop-monitoring/backup until 20261123T021500Z"


def test_the_longest_names_fit_into_postgresql(monkeypatch):
    monkeypatch.setenv(SERVICE_TITLE, "A" * 20)
    assert len(source.named(Login({}), AT).parameters["application_name"]) <= POSTGRES_NAME
    assert len(own_names().monitor_login) <= POSTGRES_NAME
    assert len(own_names().master_user) <= 16


def test_two_services_lock_apart(monkeypatch):
    default = source._lock_key()
    monkeypatch.setenv(SERVICE_TITLE, "Acme")
    assert source._lock_key() != default


@pytest.mark.usefixtures("acme")
def test_orphans_of_another_service_are_left_alone():
    assert source._named() == "acme-shop-monitoring/backup until "
