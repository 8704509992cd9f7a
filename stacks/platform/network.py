"""Subnets without a way out: nothing is reached from them but each other and, by gateways that cost nothing, S3."""

from typing import Any

from aws_cdk import Aws, Fn, Stack, aws_ec2, aws_iam, aws_s3
from constructs import Construct

from stacks.platform.nag_suppressions import acknowledge
from stacks.settings import Environment

HTTPS = aws_ec2.Port.tcp(443)
ALONE = "10.60.0.0/24"
"""Of a network that is joined with no other; as many as you like may have it."""


class ZonedStack(Stack):
    """A stack whose two availability zones are named when it is deployed, so that synthesis asks AWS for nothing."""

    @property
    def availability_zones(self) -> list[str]:
        zones = Fn.get_azs()
        return [Fn.select(index, zones) for index in range(2)]


class IsolatedNetwork(Construct):
    """A VPC of isolated subnets in two zones; `placement` is what puts a function there."""

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        cidr: str = ALONE,
        bucket: aws_s3.IBucket | None = None,
    ) -> None:
        """Let nothing but `bucket` be reached at S3; without it, any bucket and table of this account."""
        super().__init__(scope, identifier)
        self.cidr = cidr
        self.vpc = aws_ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=aws_ec2.IpAddresses.cidr(cidr),
            max_azs=2,
            nat_gateways=0,
            subnet_configuration=[
                aws_ec2.SubnetConfiguration(
                    name="isolated", subnet_type=aws_ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=_quarter_of(cidr)
                )
            ],
        )
        s3 = self._s3 = self.vpc.add_gateway_endpoint("S3", service=aws_ec2.GatewayVpcEndpointAwsService.S3)
        if bucket:
            s3.add_to_policy(_allowing(["s3:*"], [bucket.bucket_arn, bucket.arn_for_objects("*")]))
        else:
            s3.add_to_policy(_allowing(["s3:*"], ["*"]))
            dynamodb = self.vpc.add_gateway_endpoint("DynamoDb", service=aws_ec2.GatewayVpcEndpointAwsService.DYNAMODB)
            dynamodb.add_to_policy(_allowing(["dynamodb:*"], ["*"]))
        self.security_group = function_security_group(self, self.vpc, environment)
        acknowledge(self.vpc, {"VPC7": "No route leads to the internet; what passes the gateways is in CloudTrail."})

    def let_instances_install(self, assets_bucket_arn: str = "") -> None:
        """Let Amazon Linux's packages be fetched, and what the CDK uploaded, where only one bucket is in reach.

        The packages lie in a bucket of AWS's own in each region:
        https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades.html.
        """
        self._s3.add_to_policy(
            aws_iam.PolicyStatement(
                principals=[aws_iam.AnyPrincipal()],
                actions=["s3:GetObject"],
                resources=[f"arn:{Aws.PARTITION}:s3:::al2023-repos-{Aws.REGION}-de612dc2/*"],
            )
        )
        if assets_bucket_arn:
            self._s3.add_to_policy(_allowing(["s3:GetObject"], [f"{assets_bucket_arn}/*"]))

    @property
    def default_group(self) -> str:
        """The identifier of the group that an interface has which is given none."""
        return self.vpc.vpc_default_security_group

    @property
    def placement(self) -> dict[str, Any]:
        """Arguments of a function that put it in these subnets."""
        return placement(self.vpc, self.vpc.isolated_subnets, self.security_group)


def _quarter_of(cidr: str) -> int:
    """The prefix of each of four subnets, of which two are used."""
    return int(cidr.rpartition("/")[2]) + 2


def placement(
    vpc: aws_ec2.IVpc, subnets: list[aws_ec2.ISubnet], security_group: aws_ec2.ISecurityGroup
) -> dict[str, Any]:
    """Arguments of a function that put it in `subnets`."""
    return {"vpc": vpc, "vpc_subnets": aws_ec2.SubnetSelection(subnets=subnets), "security_groups": [security_group]}


def function_security_group(scope: Construct, vpc: aws_ec2.IVpc, environment: Environment) -> aws_ec2.SecurityGroup:
    """Lets nothing in, and out nothing but HTTPS, which the gateway endpoints answer."""
    described = f"Functions of {environment.names.title} monitoring"
    group = aws_ec2.SecurityGroup(scope, "Functions", vpc=vpc, description=described, allow_all_outbound=False)
    group.add_egress_rule(aws_ec2.Peer.any_ipv4(), HTTPS, "gateway endpoints")
    return group


def allow_sessions(functions: aws_ec2.ISecurityGroup, database: aws_ec2.ISecurityGroup, port: int) -> None:
    """Let functions open sessions at the database; nobody else gains anything."""
    functions.connections.allow_to(database, aws_ec2.Port.tcp(port), "PostgreSQL")


def _allowing(actions: list[str], resources: list[str]) -> aws_iam.PolicyStatement:
    """What may pass an endpoint at all; what a function may do is decided by its role."""
    return aws_iam.PolicyStatement(
        principals=[aws_iam.AnyPrincipal()],
        actions=actions,
        resources=resources,
        conditions={"StringEquals": {"aws:ResourceAccount": Aws.ACCOUNT_ID}},
    )
