"""The documented restore to a moment gives the new instance all that the created one has."""

import pytest

from tests.infra.test_database_stack import Deployment
from tests.operations import commands_with, options_of

RESTORE = "restore-db-instance-to-point-in-time"
# What RDS takes from the source: size, version, encryption, names and the data itself.
OF_THE_SOURCE = {
    "AllocatedStorage", "DBInstanceClass", "DBInstanceIdentifier", "DBName", "Engine", "EngineVersion",
    "MasterUsername", "StorageEncrypted", "Tags",
}  # fmt: skip
OF_A_NAME = {
    "DBParameterGroupName": ("db-parameter-group-name", "$(of ParameterGroupName)"),
    "DBSubnetGroupName": ("db-subnet-group-name", "$(of SubnetGroupName)"),
    "VPCSecurityGroups": ("vpc-security-group-ids", "$(of SecurityGroupId)"),
}
OF_THE_STACK = {
    # Their default is to keep the backups of an instance that is deleted, which no option of a restore can change.
    "DeleteAutomatedBackups",
}


@pytest.fixture(scope="module")
def created():
    return Deployment("prod")


@pytest.fixture(scope="module")
def said():
    commands = commands_with(RESTORE)
    return options_of(commands, RESTORE) | options_of(commands, "modify-db-instance")


def option(name):
    """`EnableIAMDatabaseAuthentication` as the AWS CLI writes it."""
    words = name.replace("IAM", "Iam").replace("AZ", "Az").replace("DB", "Db")
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in words).removeprefix("-")


def test_restore_command_sets_every_property(created, said):
    """Nothing that the created instance has is left to a default."""
    instance = created.properties("AWS::RDS::DBInstance")
    for name, value in instance.items():
        if name in OF_THE_SOURCE | OF_THE_STACK:
            continue
        if name in OF_A_NAME:
            written, source = OF_A_NAME[name]
            assert said[written] == [source], name
        elif value is False:
            assert said[f"no-{option(name)}"] == [], name
        elif value is True:
            assert said[option(name)] == [], name
        elif name == "Port":
            assert said["port"] == ["$(of Port)"]
        else:
            values = value if isinstance(value, list) else [value]
            assert said[option(name)] == [str(it) for it in values], name


def test_the_names_are_outputs_of_the_stack(created):
    commands, outputs = commands_with(RESTORE), created.template.to_json()["Outputs"]
    named = {part.partition(")")[0] for part in commands.split("$(of ")[1:]}
    assert named
    assert named <= set(outputs)


def test_restored_instance_requests_its_secret():
    """RDS takes `--manage-master-user-password` at a restore for Oracle alone."""
    commands = commands_with(RESTORE)
    assert "manage-master-user-password" not in options_of(commands, RESTORE)
    assert "manage-master-user-password" in options_of(commands, "modify-db-instance")
    assert commands.index("wait db-instance-available") < commands.index("modify-db-instance")
