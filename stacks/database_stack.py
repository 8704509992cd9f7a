"""The database that is watched and backed up: created here, found as an RDS instance, or anywhere behind a URL."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import ArnFormat, Aws, CfnWaitConditionHandle, aws_ec2, aws_iam, aws_rds
from constructs import Construct, IDependable

from stacks.alarms.spec import Alarms
from stacks.functions.database_settings import EnforcedSettings
from stacks.platform.database_connection import Connection, Endpoint
from stacks.platform.kept import keep
from stacks.platform.nag_suppressions import acknowledge_warning
from stacks.platform.network import IsolatedNetwork, ZonedStack, allow_sessions, function_security_group, placement
from stacks.platform.platform import Platform
from stacks.resources.database_instance import DatabaseInstance
from stacks.resources.database_login import DatabaseLogin
from stacks.resources.database_outputs import say_what_was_made
from stacks.resources.peering import Peering
from stacks.settings import CreatedDatabase, Environment, ExistingDatabase, ExternalDatabase


class DatabaseStack(ZonedStack):
    """One of three modes; `connection` is of one form in all of them.

    `default_groups` are those of the network that is made here, if one is.
    """

    def __init__(
        self, scope: Construct, identifier: str, *, environment: Environment, alarms: Alarms, **stack: Any
    ) -> None:
        super().__init__(scope, identifier, **stack)
        self.settings = environment
        self.platform = Platform.of(self, environment, alarms)
        self.default_groups: list[str] = []
        match environment.database:
            case CreatedDatabase() as database:
                self.connection = self._create(database)
            case ExistingDatabase() as database:
                self.connection = self._find(database)
            case ExternalDatabase() as database:
                self.connection = self._reach(database)

    def _create(self, database: CreatedDatabase) -> Connection:
        network = IsolatedNetwork(self, "Network", environment=self.settings, cidr=database.vpc_cidr)
        if self.settings.backups.large_runs.enabled:
            network.let_instances_install()
        keep(network)  # the database stays in it, and so do functions until their own stacks leave it
        self.default_groups.append(network.default_group)
        created = DatabaseInstance(self, "Instance", environment=self.settings, database=database, vpc=network.vpc)
        if database.peer_vpc_id:
            # A group of another network can be named once that is a peer.
            created.security_group.node.add_dependency(Peering(self, "Peering", vpc=network.vpc, database=database))
        allow_sessions(network.security_group, created.security_group, created.port)
        say_what_was_made(self, network, created)
        return self._admit(
            created.instance,
            Endpoint(
                host=created.instance.db_instance_endpoint_address,
                port=created.port,
                database_name=created.database_name,
                master_secret_arn=created.master_secret_arn,
            ),
            place=network.placement,
            after=[created, network],
        )

    def _find(self, database: ExistingDatabase) -> Connection:
        group = aws_ec2.SecurityGroup.from_security_group_id(self, "InstanceGroup", database.security_group_id)
        found = aws_rds.DatabaseInstance.from_database_instance_attributes(
            self,
            "Instance",
            instance_identifier=database.instance_identifier,
            instance_endpoint_address=database.host,
            instance_resource_id=database.resource_id,
            port=database.port,
            security_groups=[group],
        )
        enforced = EnforcedSettings(
            self,
            "Settings",
            platform=self.platform,
            database=database,
            instance=found,
        )
        return self._admit(
            found,
            Endpoint(
                host=database.host,
                port=database.port,
                database_name=database.database_name,
                master_secret_arn=database.master_secret_arn,
            ),
            place=self._place_near(database, group),
            after=[enforced, group],
        )

    def _reach(self, database: ExternalDatabase) -> Connection:
        # A stack must hold something, and this is nothing.
        CfnWaitConditionHandle(self, "Nothing")
        return Connection(
            _function_settings(
                database.name, database_url_secret=database.url_secret, database_minimum_tls=database.minimum_tls
            ),
            allow_login=lambda who: who.grant_principal.add_to_principal_policy(self._to_read(database.url_secret)),
        )

    def _to_read(self, secret: str) -> aws_iam.PolicyStatement:
        """Leave to read a secret that is given by its ARN or its name, to which six letters are added in the ARN."""
        of_name = self.format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"{secret}-??????",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        resource = secret if secret.startswith("arn:") else of_name
        return aws_iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[resource])

    def _place_near(self, database: ExistingDatabase, instance_group: aws_ec2.ISecurityGroup) -> dict[str, Any]:
        zones = list(database.availability_zones)
        vpc = aws_ec2.Vpc.from_vpc_attributes(self, "Vpc", vpc_id=database.vpc_id, availability_zones=zones)
        subnets = [
            aws_ec2.Subnet.from_subnet_attributes(self, subnet, subnet_id=subnet, availability_zone=zone)
            for subnet, zone in zip(database.subnet_ids, zones, strict=True)
        ]
        acknowledge_warning(
            self,
            "@aws-cdk/aws-ec2:noSubnetRouteTableId",
            "functions are placed by a subnet's identifier; nothing asks the CDK for its route table",
        )
        for identifier, service, wanted in (
            ("S3Endpoint", "s3", database.s3_endpoint),
            ("DynamoDbEndpoint", "dynamodb", database.dynamodb_endpoint),
        ):
            if wanted == "create":
                self._make_endpoint(identifier, service, database)
        group = function_security_group(self, vpc, self.settings)
        allow_sessions(group, instance_group, database.port)
        return placement(vpc, subnets, group)

    def _make_endpoint(self, identifier: str, service: str, database: ExistingDatabase) -> None:
        aws_ec2.CfnVPCEndpoint(
            self,
            identifier,
            vpc_id=database.vpc_id,
            service_name=f"com.amazonaws.{Aws.REGION}.{service}",
            route_table_ids=list(database.route_table_ids),
        )

    def _admit(
        self,
        instance: aws_rds.IDatabaseInstance,
        endpoint: Endpoint,
        *,
        place: dict[str, Any],
        after: Sequence[IDependable],
    ) -> Connection:
        """Make the login at an RDS instance once `after` is there; who gets the connection logs in as it by IAM."""
        login = DatabaseLogin(
            self,
            "Login",
            platform=self.platform,
            endpoint=endpoint,
            place=place,
        )
        login.node.add_dependency(*after, *place["security_groups"])
        return Connection(
            _function_settings(
                self.settings.database.name,
                database_host=endpoint.host,
                database_port=endpoint.port,
                database_name=endpoint.database_name,
                database_login=self.settings.names.monitor_login,
            ),
            allow_login=lambda who: instance.grant_connect(who, self.settings.names.monitor_login),
            placement=place,
            instance_identifier=instance.instance_identifier,
            instance_arn=instance.instance_arn,
        )


def _function_settings(label: str, **known: Any) -> dict[str, Any]:
    unknown = {
        "database_host": None,
        "database_port": 5432,
        "database_name": None,
        "database_login": None,
        "database_url_secret": None,
        "database_minimum_tls": "verify-full",
    }
    return {"database": label, **unknown, **known}
