"""What is alarmed about the RDS instance, and from which facts of its class the thresholds are computed."""

import pytest

from stacks.application import compose, new_app
from stacks.settings import load
from stacks.settings.instance_classes import GIBIBYTE
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


def test_the_smallest_instance_has_every_row_of_the_catalogue(prod):
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


def test_latency_is_a_percentile_and_storage_the_lowest_value(prod):
    assert prod["read-latency"]["ExtendedStatistic"] == "p90"
    assert prod["free-storage"]["Statistic"] == prod["free-storage-critical"]["Statistic"] == "Minimum"


@pytest.mark.slow
def test_a_class_without_bursts_and_old_storage_have_the_alarms_that_fit_them(alarms_with):
    names = alarms_with(instance_class="r6g.4xlarge", storage_type="gp2", allocated_storage_gb=200)
    assert not {"cpu-credits", "io-balance", "byte-balance"} & set(names)
    assert names["burst-balance"]["Threshold"] == 20
    assert names["load"]["Threshold"] == 16
    assert names["free-storage"]["Threshold"] == 40 * GIBIBYTE


@pytest.mark.slow
def test_connections_follow_the_setting_where_the_instance_has_another_maximum(alarms_with):
    assert alarms_with(max_connections=500)["connections"]["Threshold"] == 400


@pytest.mark.slow
def test_the_dimension_is_the_instance_as_rds_writes_it(alarms_with):
    for alarm in alarms_with().values():
        assert alarm["Dimensions"] == [{"Name": "DBInstanceIdentifier", "Value": "junkos-staging"}]


def test_an_instance_that_reports_nothing_is_told_once_and_not_while_the_database_is_known_to_be_down():
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


def test_a_full_disk_that_stops_the_instance_does_not_look_like_a_recovery(prod):
    critical = prod["free-storage-critical"]
    assert critical["TreatMissingData"] == "ignore"
    assert "Critical" in str(critical["AlarmActions"])


def test_a_database_that_is_not_at_rds_has_none_of_them():
    assert rds_alarms(resources_of(synthesized("local"))) == {}
