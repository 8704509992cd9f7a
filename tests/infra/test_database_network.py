"""Who reaches a created database, and what an operator is told of it; what an existing one's subnets need."""

import json
import subprocess
import sys
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from cost.assumptions import Assumptions
from cost.bill import month_of
from cost.templates import Templates
from stacks.application import compose, new_app
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of, synthesized
from tests.infra.test_database_stack import Deployment

APPLICATION = {
    "peer_vpc_id": "vpc-0a",
    "peer_cidr": "10.0.0.0/16",
    "peer_route_table_ids": ("rtb-0a", "rtb-0b"),
    "admitted_security_group_ids": ("sg-0123456789abcdef0",),
}


@pytest.fixture(scope="module")
def peered():
    return Deployment("prod", **APPLICATION)


@pytest.fixture(scope="module")
def created():
    return Deployment("prod")


def rules_of_the_instance(deployment):
    """Who is let in by the group's own rules, as (source, port)."""
    groups = deployment.template.find_resources("AWS::EC2::SecurityGroup").values()
    (group,) = (it["Properties"] for it in groups if it["Properties"]["GroupDescription"].startswith("PostgreSQL"))
    found = group.get("SecurityGroupIngress", [])
    assert all(it["IpProtocol"] == "tcp" and it["FromPort"] == it["ToPort"] for it in found)
    return {(it.get("CidrIp") or it["SourceSecurityGroupId"], it["ToPort"]) for it in found}


def subnets_of(deployment):
    found = deployment.template.find_resources("AWS::EC2::Subnet").values()
    return [IPv4Network(it["Properties"]["CidrBlock"]) for it in found]


def test_default_admits_nobody(created):
    """Nobody is admitted unless the file says so."""
    assert rules_of_the_instance(created) == set()
    created.template.resource_count_is("AWS::EC2::VPCPeeringConnection", 0)


def test_named_peers_reach_postgresql_only():
    """Who is named is let in and only to postgresql."""
    named = {
        "admitted_cidrs": ("10.1.0.0/16", "10.2.0.0/24"),
        "admitted_security_group_ids": ("sg-0123456789abcdef0", "sg-0123456789abcdef1"),
    }
    assert rules_of_the_instance(Deployment("prod", **named)) == {
        (source, 5432) for sources in named.values() for source in sources
    }


def test_peering_routes_every_subnet(peered):
    """A peer is reached from every subnet and reaches every subnet."""
    (connection, found) = peered.the("AWS::EC2::VPCPeeringConnection")
    network, _ = peered.the("AWS::EC2::VPC")
    assert found["Properties"]["VpcId"] == {"Ref": network}
    assert found["Properties"]["PeerVpcId"] == "vpc-0a"

    routes = [it["Properties"] for it in peered.template.find_resources("AWS::EC2::Route").values()]
    assert all(it["VpcPeeringConnectionId"] == {"Fn::GetAtt": [connection, "Id"]} for it in routes)
    ours = set(peered.template.find_resources("AWS::EC2::RouteTable"))
    there = {it["RouteTableId"]["Ref"] for it in routes if it["DestinationCidrBlock"] == "10.0.0.0/16"}
    back = {it["RouteTableId"] for it in routes if it["DestinationCidrBlock"] == "10.60.0.0/24"}
    assert (there, back, len(routes)) == (ours, {"rtb-0a", "rtb-0b"}, 4)


def test_peer_group_waits_for_peering(peered):
    """A group of the peer is named once the networks are joined."""
    groups = peered.template.find_resources("AWS::EC2::SecurityGroup").values()
    (instances,) = (it for it in groups if it["Properties"]["GroupDescription"].startswith("PostgreSQL"))
    assert peered.the("AWS::EC2::VPCPeeringConnection")[0] in instances["DependsOn"]


def test_kept_database_keeps_its_route(peered):
    """The way to a database that is kept is kept too."""
    for kind in ("AWS::EC2::VPCPeeringConnection", "AWS::EC2::Route"):
        for found in peered.template.find_resources(kind).values():
            assert found["DeletionPolicy"] == "RetainExceptOnCreate"
            assert found["UpdateReplacePolicy"] == "Retain"


def test_two_environments_share_a_peer(peered):
    """Two environments can be peers of one network."""
    other = Deployment("prod", **APPLICATION | {"vpc_cidr": "10.60.4.0/22"})
    networks = [IPv4Network(it.properties("AWS::EC2::VPC")["CidrBlock"]) for it in (peered, other)]
    assert not networks[0].overlaps(networks[1])
    assert not any(it.overlaps(IPv4Network(APPLICATION["peer_cidr"])) for it in networks)


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "192.168.7.0/26", "10.60.0.0/24"])
def test_two_subnets_fit_into_every_network(cidr):
    subnets = subnets_of(Deployment("prod", vpc_cidr=cidr))
    assert len(subnets) == 2
    assert all(it.subnet_of(IPv4Network(cidr)) and it.prefixlen <= 28 for it in subnets)
    assert not subnets[0].overlaps(subnets[1])


def test_outputs_serve_restore_and_backend(created):
    """The outputs say what a restore and a backend need."""
    outputs = created.template.to_json()["Outputs"]
    named = {
        "VpcId", "VpcCidr", "SubnetIds", "AvailabilityZones", "RouteTableIds", "InstanceIdentifier", "Host", "Port",
        "SecurityGroupId", "SubnetGroupName", "ParameterGroupName", "MasterSecretArn",
    }  # fmt: skip
    assert named <= set(outputs)
    assert not any("Export" in outputs[name] for name in named)  # what nobody imports stands in no change's way
    assert outputs["InstanceIdentifier"]["Value"] == {"Ref": created.the("AWS::RDS::DBInstance")[0]}
    assert outputs["ParameterGroupName"]["Value"] == {"Ref": created.the("AWS::RDS::DBParameterGroup")[0]}
    assert outputs["SubnetGroupName"]["Value"] == {"Ref": created.the("AWS::RDS::DBSubnetGroup")[0]}


def test_table_users_have_an_endpoint():
    """A function without a route waits for its connect timeout, and what it counted is lost."""
    resources = resources_of(synthesized("prod"))
    services = str(
        [it["ServiceName"] for (stack, _), it in of_type(resources, "AWS::EC2::VPCEndpoint").items() if "data" in stack]
    )
    placed = [it for it in of_type(resources, "AWS::Lambda::Function").values() if "VpcConfig" in it]
    assert any("TABLE" in name for it in placed for name in it["Environment"]["Variables"])
    assert ".dynamodb" in services
    assert ".s3" in services


@pytest.mark.parametrize(
    ("wanted", "services"),
    [
        ({}, set()),
        ({"s3_endpoint": "create"}, {"s3"}),
        ({"dynamodb_endpoint": "create"}, {"dynamodb"}),
        ({"s3_endpoint": "create", "dynamodb_endpoint": "create"}, {"s3", "dynamodb"}),
    ],
)
def test_existing_network_gets_missing_endpoints(wanted, services):
    """An existing network is given the endpoints that it lacks."""
    deployment = Deployment("staging", **wanted, **({"route_table_ids": ("rtb-1",)} if wanted else {}))
    found = [it["Properties"] for it in deployment.template.find_resources("AWS::EC2::VPCEndpoint").values()]

    assert {str(it["ServiceName"]).rpartition(".")[2].rstrip("']}") for it in found} == services
    assert all(it["RouteTableIds"] == ["rtb-1"] and it["VpcId"] == "vpc-0123456789abcdef0" for it in found)


def test_no_function_reserves_concurrency():
    """The quota of a new account is ten at once, all of which must stay unreserved."""
    for name in ("prod", "staging", "local"):
        for function in of_type(resources_of(synthesized(name)), "AWS::Lambda::Function").values():
            assert "ReservedConcurrentExecutions" not in function


@pytest.mark.parametrize(("name", "count"), [("prod", 2), ("staging", 1), ("local", 1)])
def test_network_count_matches_the_documentation(name, count):
    """A region has five until its quota is raised."""
    assert len(of_type(resources_of(synthesized(name)), "AWS::EC2::VPC")) == count


@pytest.fixture(scope="module")
def joined(tmp_path_factory):
    """The whole of production, joined with an application's network and held to every rule."""
    environment = load("prod")
    changed = environment.database.model_copy(update=APPLICATION | {"admitted_cidrs": ("10.0.4.0/24",)})
    app = new_app(str(tmp_path_factory.mktemp("joined")))
    compose(app, environment.model_copy(update={"database": changed}))
    return app.synth()  # raises when cdk-nag finds something


@pytest.mark.slow
def test_cloudformation_takes_a_network_that_is_joined(joined):
    templates = [stack.template_full_path for stack in joined.stacks if stack.stack_name == "junkos-prod-database"]
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--template", *templates]
    found = subprocess.run(lint, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_what_a_joined_network_costs_is_known(joined):
    written = {it.stack_name: json.loads(Path(it.template_full_path).read_text()) for it in joined.stacks}
    assert month_of(Templates(written), Assumptions()).environment.due < 10
