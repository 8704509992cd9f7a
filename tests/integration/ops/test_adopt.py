"""An RDS instance that exists becomes an environment file, and what the account refuses to say is named."""

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto import mock_aws

from ops.command import main
from ops.subjects import adopt
from stacks.settings import load

REGION = "us-east-1"
GIVEN = ("--set", "owner=Backend team", "--set", "alerts.email=a@shop.example,b@shop.example")
SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!db-orders-AbCdEf"
WITH_SECRET = (*GIVEN, "--set", f"database.master_secret_arn={SECRET}")


class Network:
    """A VPC with two subnets, each with a route table of its own."""

    def __init__(self):
        self.ec2 = boto3.client("ec2", region_name=REGION)
        self.vpc = self.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        self.zones = ["us-east-1a", "us-east-1b"]
        self.subnets = [self._subnet(number, zone) for number, zone in enumerate(self.zones)]
        self.tables = [self._table(subnet) for subnet in self.subnets]
        group = self.ec2.create_security_group(GroupName="db", Description="db", VpcId=self.vpc)
        self.group = group["GroupId"]

    def _subnet(self, number, zone):
        cidr = f"10.1.{number}.0/24"
        made = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=zone)
        return made["Subnet"]["SubnetId"]

    def _table(self, subnet):
        table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.associate_route_table(SubnetId=subnet, RouteTableId=table)
        return table

    def serve(self, service, *tables):
        self.ec2.create_vpc_endpoint(
            VpcId=self.vpc,
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            VpcEndpointType="Gateway",
            RouteTableIds=list(tables),
        )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ENVIRONMENTS", str(tmp_path))
    return tmp_path


@pytest.fixture
def network(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield Network()


@pytest.fixture
def make(network):
    """Make the instance `orders`, or with other properties."""
    rds = boto3.client("rds", region_name=REGION)
    rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="db", SubnetIds=network.subnets)

    def made(**properties):
        return rds.create_db_instance(
            **{
                "DBInstanceIdentifier": "orders",
                "DBName": "shop",
                "Engine": "postgres",
                "EngineVersion": "17.4",
                "DBInstanceClass": "db.t4g.micro",
                "AllocatedStorage": 30,
                "StorageType": "gp2",
                "MasterUsername": "master",
                "MasterUserPassword": "S3cr-et-of-the-master",
                "BackupRetentionPeriod": 3,
                "PreferredBackupWindow": "05:00-05:30",
                "DBSubnetGroupName": "db",
                "VpcSecurityGroupIds": [network.group],
                **properties,
            }
        )["DBInstance"]

    return made


def adopt_orders(*options, name="shop"):
    return main(["adopt", "orders", "--name", name, *options])


def test_the_file_holds_what_the_account_says(make, network, folder, capsys):
    network.serve("s3", *network.tables)
    instance = make()
    assert adopt_orders("--no-input", *WITH_SECRET) == 0
    adopted = load("shop", folder)
    database = adopted.database
    assert (adopted.owner, adopted.alerts.email) == ("Backend team", ("a@shop.example", "b@shop.example"))
    assert (database.instance_identifier, database.resource_id) == ("orders", instance["DbiResourceId"])
    assert (database.host, database.port) == (instance["Endpoint"]["Address"], instance["Endpoint"]["Port"])
    assert (database.database_name, database.instance_class) == ("shop", "t4g.micro")
    assert (database.allocated_storage_gb, database.storage_type) == (30, "gp2")
    assert (database.backup_retention_days, database.backup_window) == (7, "05:00-05:30")
    assert (database.vpc_id, database.security_group_id) == (network.vpc, network.group)
    assert dict(zip(database.subnet_ids, database.availability_zones, strict=True)) == dict(
        zip(network.subnets, network.zones, strict=True)
    )
    assert (database.s3_endpoint, database.dynamodb_endpoint) == ("exists", "create")
    assert set(database.route_table_ids) == set(network.tables)
    assert "make synth ENV=shop" in capsys.readouterr().out


def test_remarks_are_in_file_and_terminal(make, folder, capsys):
    """Remarks stand in the file and on the terminal."""
    make()
    adopt_orders("--no-input", *WITH_SECRET)
    written, said = (folder / "shop.toml").read_text(), capsys.readouterr().err
    for text in (written, said):
        assert "RDS keeps 3 now; the deployment raises that" in text
        assert "does not export its log yet" in text
        assert "S3cr" not in text
    assert "PostgreSQL 17.4" in written.splitlines()[0]


def test_subnets_without_endpoint_are_left_out(make, network, folder, capsys):
    """Subnets without the endpoint that others have are left out."""
    network.serve("s3", network.tables[1])
    make()
    adopt_orders("--no-input", *WITH_SECRET)
    database = load("shop", folder).database
    assert (database.subnet_ids, database.availability_zones) == ((network.subnets[1],), ("us-east-1b",))
    assert database.route_table_ids == (network.tables[1],)
    assert f"not {network.subnets[0]}" in (folder / "shop.toml").read_text()


def test_a_log_that_is_exported_is_found(make, folder):
    boto3.client("logs", region_name=REGION).create_log_group(logGroupName="/aws/rds/instance/orders/postgresql")
    make()
    assert adopt_orders("--no-input", *WITH_SECRET) == 0
    assert load("shop", folder).security.database_log_group == "/aws/rds/instance/orders/postgresql"


@pytest.mark.parametrize("refused", ["DescribeRouteTables", "DescribeDBParameters", "DescribeLogGroups"])
def test_denied_is_named_and_rest_written(refused, make, folder, capsys, monkeypatch):
    """What is denied is named and the rest is written."""
    make()
    deny(monkeypatch, refused)
    assert adopt_orders("--no-input", *WITH_SECRET) == 0
    load("shop", folder)
    written, said = (folder / "shop.toml").read_text(), capsys.readouterr().err
    assert f"AWS refused {refused}: you may not" in written
    assert f"AWS refused {refused}: you may not" in said


def test_unreadable_instance_is_a_refusal(make, folder, capsys, monkeypatch):
    """An instance that may not be read is a refusal."""
    make()
    deny(monkeypatch, "DescribeDBInstances")
    assert adopt_orders("--no-input", *WITH_SECRET) == 3
    assert capsys.readouterr().err.startswith("ops: AWS refused DescribeDBInstances: you may not")
    assert list(folder.iterdir()) == []


def deny(monkeypatch, operation):
    """Every client that is made from now on is refused this operation."""
    call = BaseClient._make_api_call

    def refusing(client, name, parameters):
        if name == operation:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "you may not"}}, name)
        return call(client, name, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", refusing)


def test_missing_input_is_listed(make, folder, capsys):
    """Without input all that is missing is listed."""
    make()
    assert adopt_orders("--no-input") == 2
    lines = capsys.readouterr().err.splitlines()
    missing = [line.removeprefix("ops: ").partition(":")[0] for line in lines if line.startswith("ops: ")]
    assert missing == ["missing, say each with --set KEY=VALUE", "owner", "alerts.email", "database.master_secret_arn"]
    assert list(folder.iterdir()) == []


def test_questions_repeat_until_accepted(make, folder, capsys, monkeypatch):
    """It asks until the answer is one that the settings accept."""
    make()
    answers = {
        "owner": ["Backend team"],
        "alerts.email": ["nobody", "a@shop.example"],
        "database.master_secret_arn": [SECRET],
        "uptime.endpoints": ["https://api.shop.example/health"],
        "api.log_group": [""],
    }
    monkeypatch.setattr(adopt, "_prompt", lambda question: answers[question.key].pop(0))
    assert adopt_orders() == 0
    adopted = load("shop", folder)
    assert (adopted.alerts.email, adopted.uptime.endpoints[0].url) == (
        ("a@shop.example",),
        "https://api.shop.example/health",
    )
    assert 'alerts.email[0] = "nobody": must be an e-mail address' in capsys.readouterr().err


def test_existing_file_is_not_overwritten(make, folder, capsys):
    """A file that is there is not overwritten."""
    make()
    (folder / "shop.toml").write_text("mine")
    assert adopt_orders("--no-input", *WITH_SECRET) == 2
    assert "is there already, and is not overwritten" in capsys.readouterr().err
    assert (folder / "shop.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Engine": "mysql", "EngineVersion": "8.0.40"}, (1, "is mysql, not RDS for PostgreSQL")),
        ({"EngineVersion": "13.20"}, (1, "is PostgreSQL 13.20, and 14 to 18 are backed up")),
        ({"DBInstanceIdentifier": "another"}, (2, "there is no RDS instance 'orders' in us-east-1")),
    ],
)
def test_what_cannot_be_adopted_is_one_line(properties, expected, make, folder, capsys):
    code, reason = expected
    make(**properties)
    assert adopt_orders("--no-input", *WITH_SECRET) == code
    said = capsys.readouterr().err
    assert reason in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("name", ["Prod", "an-environment-with-a-long-name", "adopt", "backup"])
def test_invalid_environment_name_is_refused(name, folder, capsys):
    """A name that no environment can have is refused."""
    assert adopt_orders(name=name) == 2
    assert "--name prod" in capsys.readouterr().err


def test_refused_setting_is_one_line(make, folder, capsys):
    """A setting that is refused is one line."""
    make()
    assert adopt_orders("--no-input", *GIVEN, "--set", "database.allocated_storage_gb=5") == 2
    assert "database.allocated_storage_gb = 5: must be between 20 and 65536" in capsys.readouterr().err


def test_new_class_is_looked_up(make, folder, capsys, monkeypatch):
    """A class too new for the table is looked up."""
    make(DBInstanceClass="db.c5.large")
    assert adopt_orders("--no-input", *WITH_SECRET) == 0
    capacity = load("shop", folder).database.capacity
    assert (capacity.memory_gib, capacity.vcpus) == (4, 2)
