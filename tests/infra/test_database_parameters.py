"""What RDS would say to the created instance: every parameter and every value, in each family."""

import importlib.resources
import json

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from stacks.settings import load
from stacks.settings.parameter_families import ALLOWED, FAMILIES, refuse_what_rds_refuses
from tests.infra.test_database_stack import Deployment

EXTREMES = ({"slow_query_ms": 10, "max_connections": 10}, {"slow_query_ms": 3_600_000, "max_connections": 262_143})


def created_with(**database):
    return Deployment("prod", **database)


def faults(group):
    allowed = ALLOWED[group["Family"]]
    return {
        f"{group['Family']}: {name} = {value}"
        for name, value in group["Parameters"].items()
        if name not in allowed or not allowed[name].takes(value)
    }


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("database", EXTREMES, ids=["least", "most"])
def test_family_accepts_every_parameter(family, database):
    """A family takes every parameter of its group."""
    major = family.removeprefix("postgres")
    created = created_with(engine_version=major, **database)
    group = created.properties("AWS::RDS::DBParameterGroup")

    assert group["Family"] == family
    assert created.properties("AWS::RDS::DBInstance")["EngineVersion"] == major
    assert faults(group) == set()


@pytest.mark.parametrize(("version", "value"), [("17.6", "1"), ("18.3", "all")])
def test_connection_logging_fits_the_family(version, value):
    """Every connection is logged in the words of the family."""
    group = created_with(engine_version=version).properties("AWS::RDS::DBParameterGroup")
    assert group["Parameters"]["log_connections"] == value


def test_instance_uses_known_rds_values():
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, and of the logs
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html.
    """
    instance = created_with().properties("AWS::RDS::DBInstance")

    assert set(instance["EnableCloudwatchLogsExports"]) <= {"postgresql", "upgrade", "iam-db-auth-error"}
    months = {31 * number for number in range(1, 24)}
    assert instance["PerformanceInsightsRetentionPeriod"] in {7, 731} | months
    assert 20 <= int(instance["AllocatedStorage"]) < instance["MaxAllocatedStorage"] <= 65_536
    # gp3 takes both from 400 GB on only, and below has 3 000 and 125.
    assert instance["StorageType"] == "gp3"
    assert not {"Iops", "StorageThroughput"} & instance.keys()
    assert instance.get("MonitoringInterval", 0) in {0, 1, 5, 10, 15, 30, 60}
    assert "CACertificateIdentifier" not in instance  # RDS's default is in the bundle that the functions trust


@pytest.mark.parametrize(
    ("family", "parameters", "said"),
    [
        (
            "postgres18",
            {"log_connections": "1"},
            "log_connections = 1 of postgres18: RDS allows receipt,",
        ),
        ("postgres17", {"log_connections": "all"}, "log_connections = all of postgres17: RDS allows 0, 1"),
        ("postgres16", {"rds.force_ssl": "on"}, "rds.force_ssl = on"),
        ("postgres15", {"max_connections": "5"}, "RDS allows 6-262143"),
        ("postgres14", {"shared_preload_libraries": "pg_stat_statements,postgis"}, "= pg_stat_statements,postgis"),
        ("postgres14", {"log_hostname": "1"}, "log_hostname of postgres14: add what RDS allows"),
    ],
)
def test_what_rds_refuses_stops_the_synthesis(family, parameters, said):
    with pytest.raises(ValueError, match="parameter") as refused:
        refuse_what_rds_refuses(family, parameters)
    assert said in str(refused.value)


def test_a_major_upgrade_needs_to_be_allowed():
    """RDS refuses it otherwise: "The AllowMajorVersionUpgrade flag must be present"."""
    assert "AllowMajorVersionUpgrade" not in created_with().properties("AWS::RDS::DBInstance")
    allowed = created_with(allow_major_version_upgrade=True).properties("AWS::RDS::DBInstance")
    assert allowed["AllowMajorVersionUpgrade"] is True


def test_major_upgrade_adds_a_parameter_group():
    """A family cannot change in place; under a given name the new group would meet the old one."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::RDS::DBParameterGroup").schema
    assert "/properties/Family" in schema["createOnlyProperties"]
    before, after = (created_with(engine_version=version).the("AWS::RDS::DBParameterGroup") for version in ("17", "18"))
    assert before[0] == after[0]
    assert (before[1]["Properties"]["Family"], after[1]["Properties"]["Family"]) == ("postgres17", "postgres18")
    assert "DBParameterGroupName" not in after[1]["Properties"]


def aws_lists(file, key):
    """What AWS lists for RDS for PostgreSQL, by the condition it stands under."""
    folder = importlib.resources.files("cfnlint.data.schemas.extensions.aws_rds_dbinstance")
    rules = json.loads((folder / file).read_text())["allOf"]
    ours = [rule for rule in rules if rule["if"]["properties"]["Engine"].get("const") == "postgres"]
    return [(rule["if"]["properties"], rule["then"]["properties"][key]["enum"]) for rule in ours]


def versions_of_aws():
    ((_, versions),) = aws_lists("engine_version.json", "EngineVersion")
    return versions


def newest_of(family):
    major = family.removeprefix("postgres")
    minors = [version.split(".") for version in versions_of_aws() if version.startswith(f"{major}.")]
    return f"{major}.{max(int(minor) for _, minor in minors)}"


def test_rds_has_every_allowed_version():
    """Rds has every major version that the settings take."""
    majors = {family.removeprefix("postgres") for family in FAMILIES}
    assert majors <= set(versions_of_aws())


@pytest.mark.parametrize("family", FAMILIES)
def test_newest_minor_runs_on_default_class(family):
    """The newest minor version of a family runs on the default class."""
    offered = [
        classes
        for condition, classes in aws_lists("db_instance_class.json", "DBInstanceClass")
        if newest_of(family).replace(".", r"\.") + ")$" in condition["EngineVersion"]["pattern"]
    ]
    assert offered
    assert all(f"db.{load('prod').database.instance_class}" in classes for classes in offered)
