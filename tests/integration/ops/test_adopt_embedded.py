"""The embedded account's RDS instance, a real server, becomes a file that synthesizes."""

import boto3
import pytest

from emulator import account
from emulator.account import ACCOUNT_ID, REGION
from ops.command import main
from stacks.application import compose, new_app
from stacks.settings import load


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with account.running(tmp_path_factory.mktemp("account")) as running:
        yield running


@pytest.fixture(scope="module")
def client(running):
    def of(service):
        return boto3.client(
            service,
            endpoint_url=running.endpoint_url,
            region_name=REGION,
            aws_access_key_id=ACCOUNT_ID,
            aws_secret_access_key="test",
        )

    return of


@pytest.fixture(scope="module")
def instance(client):
    ec2, rds = client("ec2"), client("rds")
    network = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=network, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    table = ec2.create_route_table(VpcId=network)["RouteTable"]["RouteTableId"]
    for subnet in subnets:
        ec2.associate_route_table(SubnetId=subnet["SubnetId"], RouteTableId=table)
    ec2.create_vpc_endpoint(
        VpcId=network, ServiceName=f"com.amazonaws.{REGION}.s3", VpcEndpointType="Gateway", RouteTableIds=[table]
    )
    group = ec2.create_security_group(GroupName="db", Description="db", VpcId=network)["GroupId"]
    rds.create_db_subnet_group(
        DBSubnetGroupName="db",
        DBSubnetGroupDescription="db",
        SubnetIds=[subnet["SubnetId"] for subnet in subnets],
    )
    rds.create_db_instance(
        DBInstanceIdentifier="orders",
        DBName="shop",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="master",
        ManageMasterUserPassword=True,
        BackupRetentionPeriod=0,
        DBSubnetGroupName="db",
        VpcSecurityGroupIds=[group],
    )
    return rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0] | {"Table": table}


@pytest.fixture
def adopted(running, instance, tmp_path, monkeypatch):
    for name, value in running.client_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ENVIRONMENTS", str(tmp_path))
    given = ["--set", "owner=Backend team", "--set", "alerts.email=a@shop.example"]
    assert main(["adopt", "orders", "--name", "shop", "--no-input", *given]) == 0
    return load("shop", tmp_path)


def test_instance_has_secret_and_network(adopted, instance):
    """The instance is found with its secret and its network."""
    database = adopted.database
    assert adopted.account == ACCOUNT_ID
    assert (database.host, database.port) == (instance["Endpoint"]["Address"], instance["Endpoint"]["Port"])
    assert database.master_secret_arn == instance["MasterUserSecret"]["SecretArn"]
    assert database.resource_id == instance["DbiResourceId"]
    assert len(database.subnet_ids) == 2
    assert (database.s3_endpoint, database.dynamodb_endpoint) == ("exists", "create")
    assert database.route_table_ids == (instance["Table"],)


def test_the_file_synthesizes_as_it_is(adopted, tmp_path):
    app = new_app(str(tmp_path / "cdk.out"))
    compose(app, adopted)
    assert "junkos-shop-database" in {stack.stack_name for stack in app.synth().stacks}
