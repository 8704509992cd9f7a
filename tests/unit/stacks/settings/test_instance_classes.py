"""What is known of RDS's instance classes, and what a file may say of one that is not known."""

import importlib.resources
import json

import pytest

from lambdas.vocabulary.instance_classes import INSTANCE_CLASSES, InstanceCapacity
from tests.unit.stacks.settings.test_settings import ALERTS, EXISTING, TOP, faults, read  # noqa: F401  (fixtures)

RETIRED = {"m1", "m2", "m3", "m4", "r3", "r4", "t1", "t2"}  # RDS offers no PostgreSQL from 14 on with them


def classes_that_aws_lists():
    """Those of RDS for PostgreSQL in any region, without `db.`."""
    folder = importlib.resources.files("cfnlint.data.schemas.extensions.aws_rds_dbinstance")
    regions = json.loads((folder / "dbinstanceclass_enum.json").read_text())
    rules = [rule for region in regions.values() for rule in region["allOf"]]
    named = [
        name.removeprefix("db.")
        for rule in rules
        if rule["if"]["properties"]["Engine"].get("const") == "postgres"
        for name in rule["then"]["properties"]["DBInstanceClass"]["enum"]
    ]
    return {name for name in named if name.partition(".")[0] not in RETIRED}


def test_every_class_that_rds_offers_is_known():
    assert len(classes_that_aws_lists()) > 200
    assert classes_that_aws_lists() <= set(INSTANCE_CLASSES)


@pytest.mark.parametrize(
    ("name", "memory", "vcpus"),
    [
        ("t4g.micro", 1, 2),
        ("t3.2xlarge", 32, 8),
        ("m5.large", 8, 2),
        ("m7g.xlarge", 16, 4),
        ("r6g.2xlarge", 64, 8),
        ("r8g.48xlarge", 1536, 192),
        ("x2g.16xlarge", 1024, 64),
        ("x2idn.24xlarge", 1536, 96),
        ("x2iedn.32xlarge", 4096, 128),
    ],
)
def test_classes_match_hardware_table(name, memory, vcpus):
    """Memory and processors are those of the hardware table."""
    assert (INSTANCE_CLASSES[name].memory_gib, INSTANCE_CLASSES[name].vcpus) == (memory, vcpus)


@pytest.mark.parametrize(("memory", "known"), [(1, 66), (2, 150), (4, 312), (8, 648), (15.25, 1258), (16, 1320)])
def test_usable_memory_matches_rds_mysql(memory, known):
    """Usable memory gives the connections that are known of rds for mysql."""
    assert InstanceCapacity(memory, 2).usable_memory / 12_582_880 == pytest.approx(known, rel=0.02)


def test_max_connections_has_bounds():
    """Max connections is known of the smallest and ends at 5000."""
    assert INSTANCE_CLASSES["t4g.micro"].max_connections == pytest.approx(87, abs=1)
    assert INSTANCE_CLASSES["r8g.48xlarge"].max_connections == 5000


def test_which_sizes_burst_to_their_storage():
    assert INSTANCE_CLASSES["m6g.2xlarge"].bursts_to_storage
    assert not INSTANCE_CLASSES["m6g.4xlarge"].bursts_to_storage
    assert INSTANCE_CLASSES["m7g.4xlarge"].bursts_to_storage
    assert not INSTANCE_CLASSES["x2idn.16xlarge"].bursts_to_storage


def test_unknown_class_names_settings(faults):  # noqa: F811
    """An unknown class is refused with the settings that help."""
    (line,) = faults(TOP + ALERTS + EXISTING.replace("m7g.large", "m99.large"))
    assert line == (
        'database.instance_class = "m99.large": is not in the table of RDS classes;'
        " set database.instance_memory_gb and database.instance_vcpus too"
    )


def test_unknown_class_uses_file(read):  # noqa: F811
    """An unknown class is what the file says of it."""
    text = EXISTING.replace("m7g.large", "m99.large") + "instance_memory_gb = 8.0\ninstance_vcpus = 2\n"
    assert read(TOP + ALERTS + text).database.capacity == InstanceCapacity(8, 2)


def test_identifier_is_lower_case(read):  # noqa: F811
    """An identifier is written as rds keeps it."""
    text = EXISTING.replace('instance_identifier = "orders"', 'instance_identifier = "Orders"')
    assert read(TOP + ALERTS + text).database.instance_identifier == "orders"
