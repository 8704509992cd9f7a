"""What `ops … backup recover` orders, and what it refuses before it orders anything."""

from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace

import boto3
import pytest
from botocore.stub import Stubber

from ops.backup import recover as command
from ops.backup.instance_orders import Empty, ToMoment
from ops.backup.recover import recover
from ops.errors import OpsError, UsageError
from stacks.settings import load

LATEST = datetime(2026, 12, 1, 9, tzinfo=UTC)
SOURCE = {
    "DBInstanceIdentifier": "junkos-prod-database",
    "DBInstanceStatus": "available",
    "DBInstanceClass": "db.t4g.micro",
    "LatestRestorableTime": LATEST,
    "DBSubnetGroup": {"DBSubnetGroupName": "isolated"},
    "DBParameterGroups": [{"DBParameterGroupName": "parameters"}],
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
    "Endpoint": {"Address": "source.rds", "Port": 5432},
    "PreferredMaintenanceWindow": "sun:04:30-sun:05:30",
    "MultiAZ": True,
    "DeletionProtection": True,
    "TagList": [{"Key": "service", "Value": "junkos"}, {"Key": "aws:cloudformation:stack-name", "Value": "one"}],
}


@pytest.fixture
def rds():
    client = boto3.client("rds", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stubber:
        client.answers = stubber
        yield client
        stubber.assert_no_pending_responses()


def recovering(rds, moment=None, environment="prod", way=None):
    clients = {"rds": rds, "logs": SimpleNamespace()}
    account = SimpleNamespace(environment=load(environment), client=clients.get)
    return recover(account, "new", way or ToMoment(moment), lambda _: nullcontext())


def there(rds, **found):
    """What RDS describes next."""
    rds.answers.add_response("describe_db_instances", {"DBInstances": [{**SOURCE, **found}]})


def nothing(rds):
    rds.answers.add_client_error("describe_db_instances", "DBInstanceNotFound")


def test_later_moment_than_restorable_is_refused(rds):
    there(rds)
    nothing(rds)
    with pytest.raises(UsageError, match="can be restored up to 2026-12-01T09:00:00Z, not to a later moment"):
        recovering(rds, datetime(2026, 12, 1, 9, 1, tzinfo=UTC))


def test_source_without_backups_is_refused(rds):
    found = {name: value for name, value in SOURCE.items() if name != "LatestRestorableTime"}
    rds.answers.add_response("describe_db_instances", {"DBInstances": [found]})
    nothing(rds)
    with pytest.raises(UsageError, match="its automated backups are off"):
        recovering(rds)


def test_instance_of_somebody_else_is_not_touched(rds):
    """Its name was taken for another purpose."""
    there(rds)
    there(rds, DBInstanceIdentifier="new")
    with pytest.raises(UsageError, match="an RDS instance new is there already, and not by this command"):
        recovering(rds)


def test_lost_source_is_said_with_what_to_do(rds):
    nothing(rds)
    with pytest.raises(UsageError, match=r"no RDS instance junkos-prod-database any more.*restore-by-hand"):
        recovering(rds)


def test_other_databases_come_back_from_dumps(rds):
    with pytest.raises(UsageError, match="ops local backup restore --to URL"):
        recovering(rds, environment="local")


@pytest.mark.parametrize("status", ["incompatible-restore", "incompatible-network"])
def test_order_keeps_what_rds_would_forget(rds, monkeypatch, status):
    """And of the tags all but AWS's own, which nobody may set."""
    there(rds)
    nothing(rds)
    wanted = {
        "SourceDBInstanceIdentifier": "junkos-prod-database",
        "TargetDBInstanceIdentifier": "new",
        "RestoreTime": LATEST,
        "DBSubnetGroupName": "isolated",
        "VpcSecurityGroupIds": ["sg-1"],
        "DBParameterGroupName": "parameters",
        "Port": 5432,
        "DBInstanceClass": "db.t4g.micro",
        "MultiAZ": True,
        "DeletionProtection": True,
        "Tags": [
            {"Key": "service", "Value": "junkos"},
            {"Key": "recovered-from", "Value": "junkos-prod-database"},
        ],
    }
    rds.answers.add_response("restore_db_instance_to_point_in_time", {}, wanted)
    there(rds, DBInstanceIdentifier="new", DBInstanceStatus=status)
    monkeypatch.setattr(command, "LOOKS_EVERY", command.timedelta())
    with pytest.raises(OpsError, match=f"new did not become available: it is {status}"):
        recovering(rds, LATEST)


GP3 = {
    "Engine": "postgres",
    "EngineVersion": "18.1",
    "DBName": "junkos",
    "MasterUsername": "junkos_admin",
    "StorageType": "gp3",
    "StorageEncrypted": True,
    "KmsKeyId": "arn:aws:kms:us-east-1:111122223333:key/k",
    "AllocatedStorage": 20,
    "Iops": 3000,
    "StorageThroughput": 125,
}
LARGE = {"AllocatedStorage": 400, "Iops": 12000, "StorageThroughput": 500}


@pytest.mark.parametrize(
    ("source", "speed"),
    [(GP3, {}), (GP3 | LARGE, {"Iops": 12000, "StorageThroughput": 500})],
    ids=["too small for a speed", "with its speed"],
)
def test_order_of_an_empty_instance_says_what_a_restored_one_has(rds, monkeypatch, source, speed):
    there(rds, **source)
    nothing(rds)
    wanted = {
        "DBInstanceIdentifier": "new",
        "DBName": "junkos",
        "ManageMasterUserPassword": True,
        "AllocatedStorage": source["AllocatedStorage"],
        "StorageEncrypted": True,
        "KmsKeyId": GP3["KmsKeyId"],
        "Engine": "postgres",
        "EngineVersion": "18.1",
        "MasterUsername": "junkos_admin",
        **speed,
        "PreferredMaintenanceWindow": "sun:04:30-sun:05:30",
        "DBSubnetGroupName": "isolated",
        "VpcSecurityGroupIds": ["sg-1"],
        "DBParameterGroupName": "parameters",
        "Port": 5432,
        "DBInstanceClass": "db.t4g.micro",
        "MultiAZ": True,
        "StorageType": "gp3",
        "DeletionProtection": True,
        "Tags": [
            {"Key": "service", "Value": "junkos"},
            {"Key": "recovered-from", "Value": "junkos-prod-database/empty"},
        ],
    }
    rds.answers.add_response("create_db_instance", {}, wanted)
    there(rds, DBInstanceIdentifier="new", DBInstanceStatus="failed")
    monkeypatch.setattr(command, "LOOKS_EVERY", command.timedelta())
    with pytest.raises(OpsError, match="new did not become available: it is failed"):
        recovering(rds, way=Empty("junkos"))


@pytest.mark.parametrize(("way", "origin"), [(Empty("junkos"), ""), (ToMoment(), "/empty")])
def test_an_instance_ordered_for_something_else_is_not_gone_on_with(rds, way, origin):
    """One that was made for a backup has not RDS's own data, and the other way round."""
    there(rds)
    tag = {"Key": "recovered-from", "Value": f"junkos-prod-database{origin}"}
    there(rds, DBInstanceIdentifier="new", TagList=[tag])
    with pytest.raises(UsageError, match="new is there already, and not by this command"):
        recovering(rds, way=way)
