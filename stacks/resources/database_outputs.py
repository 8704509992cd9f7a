"""What an operator needs to know of a created database: to let a backend in, and to restore it to a moment."""

from collections.abc import Iterable

from aws_cdk import CfnOutput
from constructs import Construct

from stacks.platform.network import IsolatedNetwork
from stacks.resources.database_instance import DatabaseInstance


def say_what_was_made(scope: Construct, network: IsolatedNetwork, created: DatabaseInstance) -> None:
    """Outputs of the stack, for people and commands; no other stack refers to them."""
    instance, subnets = created.resource, network.vpc.isolated_subnets
    of_network = {
        "VpcId": (network.vpc.vpc_id, "The network of the database"),
        "VpcCidr": (network.cidr, "Its addresses"),
        "SubnetIds": (_list(it.subnet_id for it in subnets), "Its subnets"),
        "AvailabilityZones": (_list(it.availability_zone for it in subnets), "The zone of each subnet"),
        "RouteTableIds": (_list(it.route_table.route_table_id for it in subnets), "The route table of each subnet"),
    }
    of_instance = {
        "InstanceIdentifier": (instance.ref, "The instance's name at RDS"),
        "Host": (created.instance.db_instance_endpoint_address, "The host name of its endpoint"),
        "Port": (str(created.port), "The port of its endpoint"),
        "SecurityGroupId": (created.security_group.security_group_id, "Its security group: who is let in"),
        "SubnetGroupName": (instance.db_subnet_group_name, "Its subnet group"),
        "ParameterGroupName": (instance.db_parameter_group_name, "Its parameter group"),
        "MasterSecretArn": (created.master_secret_arn, "The secret with its master user's password"),
    }
    for name, (value, description) in {**of_network, **of_instance}.items():
        CfnOutput(scope, name, value=str(value), description=description)


def _list(values: Iterable[str]) -> str:
    return ",".join(values)
