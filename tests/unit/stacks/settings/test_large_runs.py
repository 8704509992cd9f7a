"""Where large runs are possible, and what is refused."""

import pytest

from stacks.settings import SettingsError, load
from stacks.settings.backups import architecture_of
from tests.unit.stacks.settings.test_settings import ALERTS, CREATE, EXTERNAL, TOP

SECTION = "[backups.large_runs]\n"


def read(folder, text):
    (folder / "test.toml").write_text(text)
    return load("test", folder).backups


@pytest.mark.parametrize("database", [CREATE, EXTERNAL])
def test_they_are_on_by_default(tmp_path, database):
    backups = read(tmp_path, TOP + ALERTS + database)
    runs = backups.large_runs
    assert (runs.enabled, runs.instance_type, runs.spot, runs.time_limit_hours) == (True, None, False, 12)
    assert backups.function_limit_gb == 50


def test_they_can_be_switched_off(tmp_path):
    assert not read(tmp_path, TOP + ALERTS + CREATE + SECTION + "enabled = false\n").large_runs.enabled


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('instance_type = "t4g.nano"', "an EC2 instance type of 4 GiB of memory or more"),
        ('instance_type = "db.m7g.xlarge"', "an EC2 instance type of 4 GiB of memory or more"),
        ('instance_type = "m7i.xlarge"', "m7i.xlarge is x86_64, architecture is arm64"),
        ("time_limit_hours = 25", "between 1 and 24"),
        ('zone = "a"', "zone"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, text, reason):
    with pytest.raises(SettingsError, match=reason):
        read(tmp_path, TOP + ALERTS + CREATE + SECTION + text + "\n")


@pytest.mark.parametrize("limit", [0, 101])
def test_limit_is_what_a_function_can_do(tmp_path, limit):
    with pytest.raises(SettingsError, match="between 1 and 100"):
        read(tmp_path, TOP + ALERTS + CREATE + f"[backups]\nfunction_limit_gb = {limit}\n")


@pytest.mark.parametrize(
    ("instance_type", "architecture"),
    [
        ("m7g.xlarge", "arm64"),
        ("c7gd.large", "arm64"),
        ("im4gn.xlarge", "arm64"),
        ("a1.xlarge", "arm64"),
        ("m7i.xlarge", "x86_64"),
        ("m7i-flex.large", "x86_64"),
        ("g5.xlarge", "x86_64"),
        ("t3.medium", "x86_64"),
    ],
)
def test_processor_is_read_from_the_name(instance_type, architecture):
    assert architecture_of(instance_type) == architecture
