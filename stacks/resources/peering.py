"""The network of a created database, joined with a VPC of the same account and region: your backend's."""

from aws_cdk import aws_ec2
from constructs import Construct

from stacks.platform.kept import keep
from stacks.settings import CreatedDatabase


class Peering(Construct):
    """Routes lead both ways; who is let in is the security group's business."""

    def __init__(self, scope: Construct, identifier: str, *, vpc: aws_ec2.Vpc, database: CreatedDatabase) -> None:
        super().__init__(scope, identifier)
        # Within one account and region CloudFormation accepts it, too.
        self.connection = aws_ec2.CfnVPCPeeringConnection(
            self, "Connection", vpc_id=vpc.vpc_id, peer_vpc_id=str(database.peer_vpc_id)
        )
        for number, subnet in enumerate(vpc.isolated_subnets, start=1):
            self._route(f"To{number}", subnet.route_table.route_table_id, str(database.peer_cidr))
        for table in database.peer_route_table_ids:
            self._route(f"From{table}", table, database.vpc_cidr)
        # The database outlives its stack, and so does the way to it.
        keep(self)

    def _route(self, identifier: str, table: str, destination: str) -> None:
        aws_ec2.CfnRoute(
            self,
            identifier,
            route_table_id=table,
            destination_cidr_block=destination,
            vpc_peering_connection_id=self.connection.attr_id,
        )
