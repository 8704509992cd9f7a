"""What is alarmed about the RDS instance, and from which facts of its class the thresholds are computed."""

import pytest

from lambdas.vocabulary.instance_classes import GIBIBYTE
from stacks.application import compose, new_app
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of, synthesized


def rds_alarms(resources):
    found = of_type(resources, "AWS::CloudWatch::Alarm").values()
    return {one["AlarmName"].split("-rds-")[1]: one for one in found if one.get("Namespace") == "AWS/RDS"}


@pytest.fixture(scope="module")
def prod():
    return rds_alarms(resources_of(synthesized("prod")))


@pytest.fixture
def alarms_with(tmp_path):
    """The alarms of staging, whose instance is somebody else's, with settings of the database changed."""

    def of(**database):
        environment = load("staging")
        changed = environment.database.model_copy(update=database)
        app = new_app(str(tmp_path))
        compose(app, environment.model_copy(update={"database": changed}))
        return rds_alarms(resources_of(app.synth()))

    return of


def test_smallest_instance_has_every_alarm(prod):
    """The smallest instance has every row of the catalogue."""
    assert {name: (one["MetricName"], one["Threshold"]) for name, one in prod.items()} == {
        "cpu": ("CPUUtilization", 80),
        "free-storage": ("FreeStorageSpace", 4 * GIBIBYTE),
        "free-storage-critical": ("FreeStorageSpace", 2_000_000_000),
        "free-memory": ("FreeableMemory", pytest.approx(0.077 * GIBIBYTE, rel=0.01)),
        "connections": ("DatabaseConnections", pytest.approx(0.8 * 86, abs=0.1)),
        "load": ("DBLoad", 2),
        "read-latency": ("ReadLatency", 0.02),
        "write-latency": ("WriteLatency", 0.02),
        "io-balance": ("EBSIOBalance%", 20),
        "byte-balance": ("EBSByteBalance%", 20),
        "cpu-credits": ("CPUCreditBalance", 10),
    }


def test_latency_is_percentile_and_storage_minimum(prod):
    """Latency is a percentile and storage the lowest value."""
    assert prod["read-latency"]["ExtendedStatistic"] == "p90"
    assert prod["free-storage"]["Statistic"] == prod["free-storage-critical"]["Statistic"] == "Minimum"


@pytest.mark.slow
def test_class_and_storage_select_alarms(alarms_with):
    """A class without bursts and old storage have the alarms that fit them."""
    names = alarms_with(instance_class="r6g.4xlarge", storage_type="gp2", allocated_storage_gb=200)
    assert not {"cpu-credits", "io-balance", "byte-balance"} & set(names)
    assert names["burst-balance"]["Threshold"] == 20
    assert names["load"]["Threshold"] == 16
    assert names["free-storage"]["Threshold"] == 40 * GIBIBYTE


@pytest.mark.slow
def test_connections_follow_the_setting(alarms_with):
    """Connections follow the setting where the instance has another maximum."""
    assert alarms_with(max_connections=500)["connections"]["Threshold"] == 400


@pytest.mark.slow
def test_dimension_is_lower_case_identifier(alarms_with):
    """The dimension is the instance as rds writes it."""
    for alarm in alarms_with().values():
        assert alarm["Dimensions"] == [{"Name": "DBInstanceIdentifier", "Value": "junkos-staging"}]


def test_silent_instance_is_reported_once():
    """An instance that reports nothing is alarmed once and not while the database is known to be down."""
    resources = resources_of(synthesized("prod"))
    silent = {name for name, one in rds_alarms(resources).items() if one["TreatMissingData"] == "breaching"}
    assert silent == {"free-storage", "free-memory", "connections"}
    assert not any("AlarmActions" in rds_alarms(resources)[name] for name in silent)

    composites = of_type(resources, "AWS::CloudWatch::CompositeAlarm")
    ((stack, _), saturated) = next(item for item in composites.items() if "rds-saturated" in item[1]["AlarmName"])
    rule = str(saturated["AlarmRule"])
    parts = {key for (where, key), one in resources.items() if where == stack and key in rule}
    assert {resources[stack, key]["Properties"]["AlarmName"].split("-rds-")[1] for key in parts} == silent
    assert "unreachable" in str(saturated["ActionsSuppressor"]).lower()
    assert saturated["ActionsSuppressorWaitPeriod"] == 12 * 60
    assert len(saturated["AlarmActions"]) == 1


def test_stopped_full_disk_is_no_recovery(prod):
    """A full disk that stops the instance does not look like a recovery."""
    critical = prod["free-storage-critical"]
    assert critical["TreatMissingData"] == "ignore"
    assert "Critical" in str(critical["AlarmActions"])


def test_external_database_has_no_rds_alarms():
    """A database that is not at rds has none of them."""
    assert rds_alarms(resources_of(synthesized("local"))) == {}
