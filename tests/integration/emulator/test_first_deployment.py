"""A creation that fails and the next one: nothing of the first is in the way, and what a stack kept still is."""

import copy

import pytest

from tests.infra.conftest import synthesized
from tests.integration.emulator.stack import Stack

BROKEN = {
    "Type": "AWS::EC2::SecurityGroupIngress",
    "Properties": {"GroupId": "sg-that-is-not-there", "IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"},
}


INSTANCE = {
    "Type": "AWS::RDS::DBInstance",
    "DeletionPolicy": "RetainExceptOnCreate",
    "Properties": {
        "DBInstanceIdentifier": "orders",
        "DBName": "orders",
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": "20",
        "MasterUsername": "master",
        "ManageMasterUserPassword": True,
        "DeletionProtection": True,
    },
}


@pytest.fixture(scope="module")
def kept():
    """What production's backups keep: the bucket, whose name is fixed, and its key."""
    resources = synthesized("prod").get_stack_by_name("junkos-prod-backups").template["Resources"]
    return {name: it for name, it in resources.items() if it.get("DeletionPolicy", "Delete") != "Delete"}


@pytest.fixture
def backups(client):
    backups = Stack(client, "backups")
    yield backups
    backups.delete()
    for bucket in client("s3").list_buckets()["Buckets"]:
        client("s3").delete_bucket(Bucket=bucket["Name"])


def broken(resources):
    """The same, and a resource that fails when all others are there."""
    return {**resources, "Broken": {**BROKEN, "DependsOn": list(resources)}}


def with_plain_retain(resources):
    changed = copy.deepcopy(resources)
    for resource in changed.values():
        resource["DeletionPolicy"] = "Retain"
    return changed


def buckets(client):
    return [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]]


def test_failed_creation_leaves_nothing(backups, client, kept):
    """What a failed creation made is gone and the next one succeeds."""
    assert backups.create(broken(kept))[0] == "ROLLBACK_COMPLETE"
    assert buckets(client) == []
    backups.delete()
    assert backups.create(kept)[0] == "CREATE_COMPLETE"


def test_plain_retain_would_block(backups, client, kept):
    """Plain retain would leave the bucket in the way."""
    resources = with_plain_retain(kept)
    assert backups.create(broken(resources))[0] == "ROLLBACK_COMPLETE"
    assert len(buckets(client)) == 1
    backups.delete()
    assert backups.create(resources)[0] == "ROLLBACK_COMPLETE"
    assert "already exists" in str(client("cloudformation").describe_events(StackName="backups"))


def test_later_removal_keeps_data(backups, client, kept):
    """A later update that drops them keeps them."""
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    assert backups.create({**kept, **topic})[0] == "CREATE_COMPLETE"
    assert backups.update(topic)[0] == "UPDATE_COMPLETE"
    assert len(buckets(client)) == 1


def test_protected_instance_stays(client):
    """A protected instance stays until it is deleted by hand."""
    database, rds = Stack(client, "database"), client("rds")
    assert database.create(broken({"Instance": INSTANCE}))[0] == "ROLLBACK_FAILED"
    assert "Cannot delete protected DB Instance" in database.reasons()
    database.delete()
    assert database.create({"Instance": INSTANCE})[0] == "ROLLBACK_COMPLETE"
    assert "DB instance orders already exists" in database.reasons()
    database.delete()

    rds.modify_db_instance(DBInstanceIdentifier="orders", DeletionProtection=False, ApplyImmediately=True)
    rds.delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True)
    assert database.create({"Instance": INSTANCE})[0] == "CREATE_COMPLETE"
