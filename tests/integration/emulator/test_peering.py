"""A created database that is joined with an application's network, as it is deployed."""

import pytest

from tests.infra.test_database_stack import Deployment
from tests.integration.emulator.test_documented_restore import database_alone
from tests.integration.emulator.waiting import until

STACK = "junkos-prod-database"


@pytest.fixture(scope="module")
def application(client):
    """A network with a route table and a group that is to be admitted: (network, table, group)."""
    ec2 = client("ec2")
    network = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=network)["RouteTable"]["RouteTableId"]
    group = ec2.create_security_group(GroupName="backend", Description="backend", VpcId=network)["GroupId"]
    return network, table, group


@pytest.fixture(scope="module")
def outputs(client, application):
    network, table, group = application
    joined = Deployment(
        "prod",
        vpc_cidr="10.60.4.0/24",
        peer_vpc_id=network,
        peer_cidr="10.0.0.0/16",
        peer_route_table_ids=(table,),
        admitted_security_group_ids=(group,),
    )
    formation = client("cloudformation")
    formation.create_stack(StackName=STACK, TemplateBody=database_alone(joined.template.to_json()))

    def at_rest():
        (stack,) = formation.describe_stacks(StackName=STACK)["Stacks"]
        return None if stack["StackStatus"].endswith("_IN_PROGRESS") else stack

    stack = until(at_rest)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {it["OutputKey"]: it["OutputValue"] for it in stack["Outputs"]}


def routes_of(client, table):
    (found,) = client("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {it.get("DestinationCidrBlock"): it.get("VpcPeeringConnectionId") for it in found["Routes"]}


def test_networks_are_joined_and_routed(client, application, outputs):
    """The networks are joined and routes lead both ways."""
    network, table, _ = application
    (peering,) = client("ec2").describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert peering["Status"]["Code"] == "active"
    assert peering["RequesterVpcInfo"]["VpcId"] == outputs["VpcId"]
    assert peering["AccepterVpcInfo"]["VpcId"] == network

    reference = peering["VpcPeeringConnectionId"]
    assert routes_of(client, table)[outputs["VpcCidr"]] == reference
    ours = outputs["RouteTableIds"].split(",")
    assert [routes_of(client, it)["10.0.0.0/16"] for it in ours] == [reference, reference]


def test_application_group_reaches_postgresql(client, application, outputs):
    """The applications group is let in to postgresql."""
    (found,) = client("ec2").describe_security_groups(GroupIds=[outputs["SecurityGroupId"]])["SecurityGroups"]
    admitted = {
        (pair["GroupId"], rule["FromPort"], rule["ToPort"])
        for rule in found["IpPermissions"]
        for pair in rule["UserIdGroupPairs"]
    }
    assert (application[2], 5432, 5432) in admitted
